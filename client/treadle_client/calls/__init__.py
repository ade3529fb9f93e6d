"""Calls: the launcher's RPCs with the SDK's types, and streams that go on."""
