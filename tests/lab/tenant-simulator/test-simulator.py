#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenant simulator against what is published: sign-in, discovery, admin reads, RMS web services, faults.

    test-simulator.py RMS-TENANT-SIMULATOR [unittest arguments]

Starts the simulator on a loopback address; needs no domain.
"""
import os
import shutil
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0:0] = [HERE, os.path.dirname(HERE)]
import simulator_tools as tools
from simulator_authority import AuthorityTest
from simulator_control import ControlTest, ProcessTest
from simulator_rms_host import RmsHostTest
from simulator_service import ServiceTest

__all__ = ["AuthorityTest", "ControlTest", "ProcessTest", "RmsHostTest", "ServiceTest"]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tools.SIMULATOR = tools.Simulator(os.path.abspath(sys.argv.pop(1)))
    try:
        tools.SIMULATOR.start()
        passed = unittest.main(verbosity=2, exit=False).result.wasSuccessful()
        status = tools.SIMULATOR.stop()
        if status != 0:
            print("the simulator ended with %d" % status, file=sys.stderr)
        return 0 if passed and status == 0 else 1
    finally:
        shutil.rmtree(tools.SIMULATOR.directory)


if __name__ == "__main__":
    sys.exit(main())
