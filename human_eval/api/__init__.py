"""Human evaluation's JSON API, under ``/v1/human``.

Requests and answers are JSON. A refusal is ``{"error": sentence}`` with 401 (not signed in), 403 (not
allowed, or a wrong CSRF token), 404 (nothing by that id that you may see), 409 (contradicts what is
stored, or the study's state), 413 (body too large), 422 (not understood), 429 (too often; ``Retry-After``)
or 503. Unknown fields are refused. Times are UTC seconds since 1970, ids opaque strings.

Who asks is known from the cookie ``amarathon_session`` (HttpOnly, SameSite=Lax). Every request that
changes something needs the header ``X-CSRF-Token`` with the session's `csrf` (but for those that sign in,
which need ``X-CSRF-Token: none``) and comes from the app's own origin.

A `client_id` is made by the page (8-64 of ``[A-Za-z0-9-]``) and stays with a request when it is sent again:
the same id and body give the same answer and change nothing; the same id with another body is a 409.

Coming in (`api.entrance`)
--------------------------
- ``GET /session`` -> ``{"account": {"name", "admin", "reviewer"} | null, "csrf", "ways": {"huggingface":
  bool}, "studies": [{"id", "name", "state", "joined": bool}]}``
- ``POST /sign-in`` ``{"name", "password"}`` -> as ``GET /session``
- ``POST /accounts`` ``{"name", "password", "study" | "invite"}`` -> as ``GET /session``; makes a local
  account and joins the study
- ``POST /join`` one of ``{"invite"}``, ``{"study", "prolific": {"participant", "study", "session"}}``, or
  signed in ``{"study"}`` or ``{"invite"}`` -> ``{"study": id | null, "session": ..., "way_back": secret |
  null}``; `way_back` is shown once and signs in on another device
- ``POST /way-back`` ``{"secret"}`` -> as ``GET /session``
- ``POST /sign-out`` -> ``{}``
- ``GET /huggingface`` -> redirect to Hugging Face; ``GET /huggingface/back`` -> redirect to ``/annotate``

A participant in a study (`api.taking_part`)
--------------------------------------------
- ``GET /studies/{study}`` -> ``{"id", "name", "state", "instructions", "consent", "must_listen",
  "max_speed", "time_limit_s", "annotator", "steps": {"consent", "sound_check", "practice"} (each "needed"
  or "done"), "progress": {"answered", "skipped", "to_do", "practice_to_do", "minutes_left" | null},
  "pause_suggested", "paused", "submitted", "completion_code" | null}``
- ``POST /studies/{study}/consent`` ``{"consent": the text agreed to}`` -> as above
- ``GET /studies/{study}/sound-check.wav`` -> tones, each left, right or in both ears
- ``POST /studies/{study}/sound-check`` ``{"headphones": bool, "heard": ["left" | "right" | "both", ...]}``
  -> ``{"passed": bool, "study": ...}``; a failed check makes new tones
- ``POST /studies/{study}/next`` ``{"ahead": bool}`` -> ``{"item": Item | null, "reason": null | "done" |
  "waiting"}``; the item in hand, or a new lease; with `ahead` the one after it, to be prefetched
- ``GET /studies/{study}/items`` -> ``{"items": [{"id", "place", "task", "state", "practice"}]}``, own ones
  only
- ``POST /studies/{study}/pause`` and ``/continue`` -> as ``GET /studies/{study}``
- ``POST /studies/{study}/submit`` -> as ``GET``; answers are final, `completion_code` is there
- ``DELETE /studies/{study}/me`` -> ``{}``; everything about me in this study is gone

An item in hand (`api.answering`), by the id of its assignment, of the person it is assigned to
-----------------------------------------------------------------------------------------------
Item: ``{"id", "place", "task", "task_name", "practice": bool, "question", "options": [{"index", "text"}]
(in the
order to be shown; empty: a transcript is asked), "duration_s", "audio": {"opus": address, "mp3": address},
"peaks": address, "state", "expires_at", "seconds_left" | null, "listening": Listening, "draft" | null,
"answer": {"choice", "transcript", "confidence", "comment", "revision"} | null, "changeable": bool}``

Listening: ``{"covered": [[start, end], ...], "share": 0-1, "needed": 0-1, "unlocked": bool}``

- ``GET /items/{item}`` -> Item
- ``POST /items/{item}/open`` -> Item; it is on the screen now: time and listening count from here
- ``POST /items/{item}/listening`` -> ``{"listening": Listening, "expires_at", "refused": [{"index",
  "reason"}]}``; the heartbeat, which renews the lease: every 5-10 s while the tab lives, `intervals` may be
  empty. Body ``{"client_id", "page": id of this load of the page, "sent_at", "intervals": [{"start", "end",
  "speed", "at", "muted", "hidden"}]}``. `start` and `end` are seconds of the recording, `at` and `sent_at`
  seconds of the page's ``performance.now()``; `at` is when the stretch began to play. An interval has one
  speed, and one state of muted and hidden; a seek, or a change of these, begins a new one. Muted stretches
  and those faster than `max_speed` are recorded and not covered. A report kept through an outage is sent
  again as it was, with its own `page` and `sent_at`, before newer ones.
- ``PUT /items/{item}/draft`` ``{"draft": {...}}`` -> ``{"draft_at"}``
- ``PUT /items/{item}/answer`` ``{"client_id", "choice": canonical index | null, "transcript": str | null,
  "confidence": 1-5 | null, "comment"}`` -> ``{"revision", "saved_at", "item": Item, "feedback": {"correct",
  "choice", "reference"} | null}``; feedback on practice only. On the disk before this is answered. 409
  before enough was heard.
- ``POST /items/{item}/skip`` ``{"reason"}`` -> ``{"item"}``; an answer given later takes it back
- ``POST /items/{item}/flag`` ``{"client_id", "fault": "audio" | "question" | "options" | "other",
  "comment"}`` -> ``{}``
- ``GET /items/{item}/audio.opus`` and ``.mp3`` -> sound, by Range; ``GET /items/{item}/peaks`` ->
  ``{"duration_s", "peaks": [[lowest, highest], ...]}`` in hundredths of full scale

An administrator (`api.administration`), the account that ``AMARATHON_ADMIN`` names
-----------------------------------------------------------------------------------
- ``GET /admin/studies`` -> ``{"studies": [Summary]}``; Summary: ``{"id", "name", "state", "dataset",
  "items", "answers", "wanted", "participants", "created_at"}``
- ``POST /admin/preview`` `StudySpec` -> ``{"items": {task: {"main", "gold", "practice"}}, "hours",
  "answers_wanted", "exclusions": [...]}``; nothing is stored
- ``POST /admin/studies`` `StudySpec` -> ``{"study": Summary}``, a draft
- ``GET /admin/studies/{study}`` -> ``{"study": Summary, "spec", "items": [{"id", "sample_id", "task",
  "kind", "question", "options", "answered", "free"}]}``; no right answers before it closes
- ``POST /admin/studies/{study}/state`` ``{"state": "open" | "paused" | "closed"}`` -> ``{"study":
  Summary}``
- ``DELETE /admin/studies/{study}`` -> ``{}``; a draft only
- ``GET /admin/studies/{study}/progress`` -> ``{"tasks": [{"task", "answered", "wanted", "minutes_left"}],
  "annotators": [{"id", "answered", "skipped", "flags", "active_minutes", "minutes_left", "last_seen",
  "submitted"}]}``
- ``GET /admin/studies/{study}/flags`` -> ``{"flags": [{"sample_id", "task", "annotator", "fault",
  "comment", "at"}]}``
- ``GET`` and ``POST /admin/studies/{study}/invites`` ``{"label", "uses", "days"}`` -> ``{"invites": [{"id",
  "label", "uses_left", "expires_at", "revoked"}]}`` and ``{"invite", "address"}``, the address shown once
- ``POST /admin/reviewers/invites`` ``{"label", "uses", "days"}`` -> ``{"invite", "address"}``
- ``DELETE /admin/invites/{invite}`` -> ``{}``
- ``DELETE /admin/participants/{annotator}`` -> ``{}``; on a person's request
- ``POST /admin/exclusions`` ``{"annotator", "item" | null, "excluded": bool, "reason"}`` -> ``{}``
- ``GET /admin/audit?study=&after=`` -> ``{"events": [{"id", "at", "actor", "action", "study", "subject",
  "detail"}]}``

Reviewers (`api.reviewing`, verification) and results (`api.results`)
---------------------------------------------------------------------
Written beside `human_eval.verification` and `human_eval.results` with the same tools
(`api.requests`: `SentenceRoute`, `Caller`, `signed_in`, `changing`, `administrator`, `reviewer`):

- ``GET /verification/rounds/{round}`` -> ``{"round", "samples"}``: what was found, once it is decided
- ``POST /verification/next`` ``{"round"}`` -> ``{"review": {"id", "task", "question", "options", "answer",
  "reference", "duration_s", "stated_duration_s", "audio", "peaks", "checklist"} | null}``
- ``PUT /verification/reviews/{review}`` ``{"client_id", "checks": {name: bool}, "verdict": bool,
  "comment"}``
- ``GET /verification/reviews/{review}/audio.opus``, ``.mp3``, ``/peaks``
- ``GET`` and ``POST /admin/verification`` rounds: ``{"dataset", "subset", "seed"}``
- ``GET /admin/studies/{study}/results``, ``/results/methods``, ``/results/export``; 409 before it is closed
"""
