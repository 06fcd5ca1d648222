"""What visitors bring is read by nobody else on the machine."""

import stat

from amarathon.settings import Settings
from live_demo.service import DemoService


def test_the_folder_is_the_servers_alone(tmp_path):
    for there in (False, True):  # made, or left open by an earlier version
        folder = tmp_path / "demo"
        if there:
            folder.chmod(0o755)
        DemoService(Settings(data=tmp_path)).keep_private()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
