from __future__ import annotations

from treadle_contract.ids import HostId
from treadle_launcher.hosts.host_tag import tag_of

TAG = tag_of(HostId("host-1"), 7)


def test_a_tag_is_of_one_host_in_one_folder_and_limits_nothing():
    tags = {tag_of(HostId(host), inode) for host in ("a", "b") for inode in (1, 2)}
    assert len(tags) == 4
    assert all(1 << 62 <= tag < 1 << 63 for tag in tags)
    assert tag_of(HostId("host-1"), 7) == TAG
