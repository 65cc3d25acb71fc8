"""A stream's life, against a model of ten lines."""

import httpx
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

STEPS = settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class _Model:
    """What a stream's state should be: whether it is on air, was, is locked, is gone."""

    def __init__(self):
        self.is_live = self.was_live = self.is_locked = self.is_gone = False

    @property
    def state(self):
        if self.is_locked:
            return "locked"
        return "live" if self.is_live else "ended" if self.was_live else "created"


def test_a_stream_lives_as_the_model_says(emulator, tenant):
    headers, control = dict(tenant.headers), emulator.ready()["control_url"]

    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.api = httpx.Client(base_url=emulator.addresses("bintu").api, headers=headers, timeout=30)
            self.model, self.id = _Model(), self.api.post("/stream").json()["id"]

        def _simulate(self, to):
            return httpx.post(f"{control}/streams/{self.id}/simulate", json={"to": to}, timeout=30).status_code

        def _put(self, what):
            assert 200 == self.api.put(f"/stream/{self.id}/{what}").status_code
            if self.model.is_live and what in {"stop", "lock"}:
                self.model.is_live = False
                told = {"kind": "move", "stream": self.id, "text": "stopping to idle"}
                assert emulator.journal.wait_for(told, emulator.clock.deadline(30))

        @precondition(lambda self: not self.model.is_gone and not self.model.is_live)
        @rule()
        def publish(self):
            assert (409 if self.model.is_locked else 200) == self._simulate("live")
            if not self.model.is_locked:
                self.model.is_live = self.model.was_live = True

        @precondition(lambda self: self.model.is_gone)
        @rule()
        def publish_to_nothing(self):
            assert 404 == self._simulate("live")

        @precondition(lambda self: self.model.is_live)
        @rule()
        def leave(self):
            assert 200 == self._simulate("ended")
            self.model.is_live = False

        @precondition(lambda self: not self.model.is_gone)
        @rule()
        def stop(self):
            self._put("stop")

        @precondition(lambda self: not self.model.is_gone)
        @rule()
        def lock(self):
            self._put("lock")
            self.model.is_locked = True

        @precondition(lambda self: not self.model.is_gone)
        @rule()
        def unlock(self):
            self._put("unlock")
            self.model.is_locked = False

        @precondition(lambda self: not self.model.is_gone and self.model.was_live)
        @rule()
        def delete(self):
            assert 200 == self.api.delete(f"/stream/{self.id}").status_code
            self.model.is_gone, self.model.is_live = True, False

        @invariant()
        def agrees(self):
            found = self.api.get(f"/stream/{self.id}")
            deleted = self.api.get("/stream", params={"state": "deleted", "quantity": 1000}).json()

            assert (404 if self.model.is_gone else 200) == found.status_code
            assert self.model.is_gone == (self.id in {row["id"] for row in deleted})
            assert self.model.is_gone or self.model.state == found.json()["state"]

        def teardown(self):
            self.api.close()

    run_state_machine_as_test(Life, settings=STEPS)
