"""The messages of the contract as frozen Python values, and their JSON.

`policy`, `value`, `plan`, `run`, `event`, `worker`, `graph`, `error`, `codeserver`, `launcher` and
`kinds` are generated from the .proto files of those names by scripts/gen_protos.py, and nothing
says a message a second time. All of it rests on the standard library alone, so that processes
beside the user's code use the very same classes. `treadle_api.codec` turns them into protobuf.
"""
