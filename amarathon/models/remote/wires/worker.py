"""Chat completions of a process that is started here, and started again if it ends."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

from amarathon.files import file_sha256
from amarathon.models.remote.address import Address, Program
from amarathon.models.remote.faults import RequestError
from amarathon.models.remote.options import ServiceOptions
from amarathon.models.remote.wires.base import LookUp, Request
from amarathon.models.remote.wires.chat import ChatWire
from amarathon.models.remote.worker.process import WorkerProcess
from amarathon.models.reply import Reply

# A program that ends more often than this will do so again.
RESTARTS = 3


class WorkerWire:
    """See `Wire`; one question at a time, whoever asks.

    Parameters
    ----------
    address : Address
    program : Program
    options : ServiceOptions
    """

    def __init__(self, address: Address, program: Program, options: ServiceOptions):
        self._address, self._program, self._options = address, program, options
        self._python = options.worker_python or Path(sys.executable)
        self._revision = file_sha256(program.file)
        self._lock = threading.Lock()
        self._ends = 0
        self._running: tuple[WorkerProcess, ChatWire] | None = None

    def look_up(self) -> LookUp:
        """See `Wire.look_up`; the revision is the SHA-256 of the program's file."""
        with self._lock:
            return replace(self._started()[1].look_up(), revision=self._revision)

    def ask(self, request: Request) -> Reply:
        """See `Wire.ask`.

        Raises
        ------
        RequestError
            Also if the program ends, or says nothing for too long: then it is the recording's fault, until
            it happened too often.
        """
        with self._lock:
            process, chat = self._started()
            try:
                return chat.ask(request)
            except RequestError as fault:
                # On this machine nothing but its end breaks a connection, and nothing but it is silent.
                if fault.kind != "wait":
                    raise
                self._running = None
                self._ends += 1
                how = process.ended()
                if fault.counted:
                    how = f"said nothing for {self._options.timeout_s:g} s and was stopped."
                said = f"{self._address.label} {how}"
                raise RequestError("stop" if self._ends > RESTARTS else "sample", said) from None

    def _started(self) -> tuple[WorkerProcess, ChatWire]:
        if self._running is None:
            process = WorkerProcess(self._program, self._python, self._address.label, self._address.model)
            at = replace(self._address, url=process.url, program=None, token=process.token)
            self._running = process, ChatWire(at, self._options)
        return self._running
