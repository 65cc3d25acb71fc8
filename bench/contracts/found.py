"""How many planted faults a quick check finds: ``python bench/contracts/found.py [CLOUD…] [--only FAULT]``."""

import sys
import time
from dataclasses import replace
from inspect import getmembers, isfunction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests/support"))

import faults_of_answers
import faults_of_hooks
import faults_of_state
import pytest
from faults_of_hooks import Tampered
from planted import Site, planted

from offair.contracts.server import check_server, driving
from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH, judged

CLOUDS = ("tenbyte", "bintu", "ainative")
PAGES = ("every_page_is_the_first", "pages_overlap_by_one", "a_full_page_loses_its_last", "pages_have_no_order",
         "pages_have_any_size")  # fmt: skip
LIMITS = ("one_more_than_the_limit", "one_fewer_than_the_limit", "the_limit_is_everybodys", "nobody_is_told_to_wait",
          "who_waits_waits_in_vain", "there_is_no_limit")  # fmt: skip
# what a cloud does not promise cannot be broken there
NOT_PROMISED = {
    "tenbyte": {*LIMITS},
    "bintu": {*LIMITS, "another_tenant_reads", "unsigned", "signed_over_other_bytes", "signed_by_another",
              "what_is_made_has_another_name", "it_takes_texts_of_any_length", "out_of_order"},
    "ainative": {"it_takes_texts_of_any_length", "unsigned", "signed_over_other_bytes", "signed_by_another",
                 "another_tenant_reads", "another_tenant_deletes", "everybody_lists_everything",
                 "what_is_deleted_is_still_shown", "what_is_deleted_is_still_listed",
                 "a_deletion_does_nothing", "what_is_deleted_takes_orders", "it_fails_at_an_unknown_thing"},
}  # fmt: skip


def faults():
    """Give each fault with its name, and whether it is one of hooks."""
    for module in (faults_of_answers, faults_of_state, faults_of_hooks):
        for name, function in getmembers(module, isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield name, function, module is faults_of_hooks


def judge(site, fault, *, is_hook):
    """Name the rules that it breaks. Scenes and stories come first, as in every check: what they find is found."""
    for drive in (lambda *_, **_more: None, driving.drive):
        with pytest.MonkeyPatch.context() as patch, Emulator({**PASSTHROUGH, "seed": 1}) as emulator:
            patch.setattr(driving, "drive", drive)
            with judged(site.cloud, emulator) as target:
                if is_hook:
                    spoilt = replace(target, hooks=Tampered(target.hooks, fault))
                    report = check_server(site.contract, spoilt, depth="quick", only=["webhooks"])
                else:
                    report = check_server(site.contract, planted(target, site.cloud, fault), depth="quick")
        rules = [one.rule.name for one in report.broken]
        if rules or is_hook:
            break
    return rules


def main():
    """Plant each fault in each cloud that is named, or in all."""
    names = sys.argv[1:]
    only = {name for name in names if name not in CLOUDS}
    for cloud in [name for name in names if name in CLOUDS] or CLOUDS:
        site, found, all_of = Site(cloud), 0, 0
        for name, fault, is_hook in faults():
            if name in NOT_PROMISED[cloud] or (only and name not in only):
                continue
            began = time.process_time()
            rules = judge(site, fault, is_hook=is_hook)
            all_of += 1
            found += bool(rules)
            took = time.process_time() - began
            print(f"{cloud} {name}: {', '.join(rules) or 'NOT FOUND'} ({took:.0f} s)", flush=True)
        print(f"{cloud}: {found} of {all_of} planted faults found", flush=True)


if __name__ == "__main__":
    main()
