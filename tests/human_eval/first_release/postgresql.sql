SELECT pg_catalog.set_config('search_path', '', false);
CREATE FUNCTION public.audit_only_grows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$;
CREATE TABLE public.accounts (
    id character varying(32) NOT NULL,
    source character varying(16) NOT NULL,
    name character varying(80),
    external_id character varying(120),
    secret_hash character varying(200),
    reviewer boolean NOT NULL,
    created_at double precision NOT NULL,
    disabled_at double precision
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.answers (
    id character varying(32) NOT NULL,
    assignment_id character varying(32) NOT NULL,
    client_id character varying(64) NOT NULL,
    body_sha256 character varying(64) NOT NULL,
    revision integer NOT NULL,
    current boolean NOT NULL,
    choice integer,
    transcript character varying,
    confidence integer,
    comment character varying NOT NULL,
    coverage double precision NOT NULL,
    elapsed_s double precision NOT NULL,
    over_time boolean NOT NULL,
    saved_at double precision NOT NULL
);
CREATE TABLE public.assignments (
    id character varying(32) NOT NULL,
    study_id character varying(32) NOT NULL,
    item_id character varying(32) NOT NULL,
    participant_id character varying(32) NOT NULL,
    place integer NOT NULL,
    state character varying(9) NOT NULL,
    took_place boolean NOT NULL,
    option_order json NOT NULL,
    leased_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    opened_at double precision,
    skip_reason character varying,
    draft json,
    draft_at double precision,
    covered json NOT NULL,
    listened_s double precision NOT NULL,
    fast_s double precision NOT NULL,
    slow_s double precision NOT NULL,
    muted_s double precision NOT NULL,
    hidden_s double precision NOT NULL
);
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at double precision NOT NULL,
    actor character varying(40) NOT NULL,
    action character varying(40) NOT NULL,
    study_id character varying(32),
    subject character varying(64),
    detail json NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.exclusions (
    id character varying(32) NOT NULL,
    study_id character varying(32) NOT NULL,
    participant_id character varying(32) NOT NULL,
    assignment_id character varying(32),
    excluded boolean NOT NULL,
    reason character varying NOT NULL,
    decided_by character varying(40) NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE public.flags (
    id character varying(32) NOT NULL,
    assignment_id character varying(32) NOT NULL,
    client_id character varying(64) NOT NULL,
    body_sha256 character varying(64) NOT NULL,
    fault character varying(40) NOT NULL,
    comment character varying NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE public.invites (
    id character varying(32) NOT NULL,
    study_id character varying(32),
    token_hash character varying(64) NOT NULL,
    label character varying(200) NOT NULL,
    uses_left integer NOT NULL,
    created_at double precision NOT NULL,
    expires_at double precision,
    revoked_at double precision
);
CREATE TABLE public.items (
    id character varying(32) NOT NULL,
    study_id character varying(32) NOT NULL,
    kind character varying(8) NOT NULL,
    place integer NOT NULL,
    sample_id character varying(300) NOT NULL,
    task character varying(4) NOT NULL,
    question character varying NOT NULL,
    options json NOT NULL,
    fixed_order boolean NOT NULL,
    answer integer,
    reference character varying,
    sources json NOT NULL,
    slices json NOT NULL,
    recording_id character varying(32) NOT NULL,
    free integer NOT NULL
);
CREATE TABLE public.listening_reports (
    id character varying(32) NOT NULL,
    assignment_id character varying(32) NOT NULL,
    participant_id character varying(32) NOT NULL,
    client_id character varying(64) NOT NULL,
    body_sha256 character varying(64) NOT NULL,
    page_id character varying(64) NOT NULL,
    page_offset double precision NOT NULL,
    page_to double precision NOT NULL,
    received_at double precision NOT NULL,
    began_at double precision NOT NULL,
    ended_at double precision NOT NULL,
    intervals json NOT NULL
);
CREATE TABLE public.participants (
    id character varying(32) NOT NULL,
    study_id character varying(32) NOT NULL,
    account_id character varying(32) NOT NULL,
    seed bigint NOT NULL,
    prolific json,
    joined_at double precision NOT NULL,
    consented_at double precision,
    consent_sha256 character varying(64),
    sound_attempts integer NOT NULL,
    sound_checked_at double precision,
    headphones boolean,
    active_s double precision NOT NULL,
    active_at double precision,
    working_since double precision,
    paused_at double precision,
    submitted_at double precision,
    completion_code character varying(80)
);
CREATE TABLE public.recordings (
    id character varying(32) NOT NULL,
    path character varying NOT NULL,
    name character varying NOT NULL,
    sha256 character varying(64) NOT NULL,
    pcm_sha256 character varying(64),
    duration_s double precision NOT NULL
);
CREATE TABLE public.reviews (
    id character varying(32) NOT NULL,
    sample_id character varying(32) NOT NULL,
    reviewer_id character varying(32) NOT NULL,
    leased_at double precision NOT NULL,
    expires_at double precision NOT NULL,
    client_id character varying(64),
    body_sha256 character varying(64),
    checks json,
    verdict boolean,
    comment character varying NOT NULL,
    decided_at double precision
);
CREATE TABLE public.sessions (
    id character varying(64) NOT NULL,
    account_id character varying(32) NOT NULL,
    csrf character varying(64) NOT NULL,
    created_at double precision NOT NULL,
    seen_at double precision NOT NULL,
    expires_at double precision NOT NULL
);
CREATE TABLE public.studies (
    id character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    state character varying(8) NOT NULL,
    dataset character varying(400) NOT NULL,
    dataset_sha256 character varying(64) NOT NULL,
    seed bigint NOT NULL,
    overlap integer NOT NULL,
    must_listen double precision NOT NULL,
    max_speed double precision NOT NULL,
    gold_every integer NOT NULL,
    time_limit_s double precision,
    lease_s double precision NOT NULL,
    pause_after_s double precision NOT NULL,
    instructions character varying NOT NULL,
    consent character varying NOT NULL,
    sound_check boolean NOT NULL,
    completion_code character varying(80),
    joining json NOT NULL,
    spec json NOT NULL,
    created_at double precision NOT NULL,
    opened_at double precision,
    closed_at double precision
);
CREATE TABLE public.verification_rounds (
    id character varying(32) NOT NULL,
    dataset character varying(400) NOT NULL,
    dataset_sha256 character varying(64) NOT NULL,
    subset character varying(40) NOT NULL,
    number integer NOT NULL,
    seed bigint NOT NULL,
    population integer NOT NULL,
    state character varying(8) NOT NULL,
    checklist json NOT NULL,
    reason character varying NOT NULL,
    opened_at double precision NOT NULL,
    decided_at double precision
);
CREATE TABLE public.verification_samples (
    id character varying(32) NOT NULL,
    round_id character varying(32) NOT NULL,
    place integer NOT NULL,
    sample_id character varying(300) NOT NULL,
    task character varying(4) NOT NULL,
    question character varying NOT NULL,
    options json NOT NULL,
    answer integer,
    reference character varying,
    stated_duration_s double precision,
    recording_id character varying(32) NOT NULL,
    needed integer NOT NULL,
    passed boolean
);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
INSERT INTO public.accounts VALUES ('9cfea59fe735da224e17f3e6b419c72f', 'local', 'boss', 'boss', '$argon2id$v=19$m=65536,t=3,p=4$mPbMyUnnnU/cDaHvQn0soQ$OuGrijEGgPVyRA7q4Npp33MF9743iWwE9OPjH91ErQg', false, 1760000000, NULL);
INSERT INTO public.accounts VALUES ('b1fb6fd19db39b202e4b590a7c3dc08c', 'prolific', NULL, '5f0c1ab2c3d4e5f60718293a', 'a606c4a8e3285fbf45ea86fb41278b982358dac13b1140fca253e5dffe8c3a02', false, 1760000000, NULL);
INSERT INTO public.accounts VALUES ('8a6d1bd928a8250f0c314c9e3d599b4e', 'invite', NULL, '8a6d1bd928a8250f0c314c9e3d599b4e', 'c97a7476aa96272b13a5ad9c6db18f4856848a38060267354d6e4811009653be', true, 1760000021, NULL);
INSERT INTO public.alembic_version VALUES ('0001');
INSERT INTO public.answers VALUES ('06ec219bc2dbba09b6bdf5596bef4706', 'b4b4f98179303d08115fb5e7df74586e', 'client-000001', '7d14d3d947ab96e0d5d9dc1d39c178f162fbc23c1eae414341b250f90b482c18', 1, true, 1, NULL, 4, 'naïve; ''quoted'' "twice"
second line', 1, 2, false, 1760000002);
INSERT INTO public.answers VALUES ('9dc55c344603e0a0098cfce7f2e1e839', '2f360423dd23482fb3850685c2596f05', 'client-000003', '939e9f9787a6347c6adbfb0979b8207f4de55907da19ad46112045d66778b954', 1, true, NULL, 'what was said', 4, 'naïve; ''quoted'' "twice"
second line', 0, 2, false, 1760000009);
INSERT INTO public.assignments VALUES ('b4b4f98179303d08115fb5e7df74586e', 'd69b959734b0f3456fdcca3c4152d1c0', '9e00cc2939d8fea60b268403f88492bf', '6744916b73f8e3cd61a5f25654b59270', 1, 'answered', true, '[1, 3, 0, 2]', 1760000000, 1760000902, 1760000000, NULL, NULL, NULL, '[[0.0, 2.0]]', 2, 0, 0, 0, 0);
INSERT INTO public.assignments VALUES ('2f360423dd23482fb3850685c2596f05', 'd69b959734b0f3456fdcca3c4152d1c0', '7f6b3f5eb72efc353b85ce502c0b664f', '6744916b73f8e3cd61a5f25654b59270', 2, 'answered', true, '[]', 1760000007, 1760000909, 1760000007, NULL, NULL, NULL, '[]', 0, 0, 0, 0, 0);
INSERT INTO public.assignments VALUES ('dbf7c5c27b519b313cb2008f8a3bc200', 'd69b959734b0f3456fdcca3c4152d1c0', 'c088320b0526f2ebf2859a55fcd913f9', '6744916b73f8e3cd61a5f25654b59270', 3, 'leased', true, '[1, 0, 3, 2]', 1760000014, 1760000916, 1760000014, NULL, '{"a": [1, null]}', 1760000016, '[]', 0, 0, 0, 0, 0);
INSERT INTO public.audit VALUES (1, 1760000000, '9cfea59fe735da224e17f3e6b419c72f', 'make account', NULL, '9cfea59fe735da224e17f3e6b419c72f', '{}');
INSERT INTO public.audit VALUES (2, 1760000000, '9cfea59fe735da224e17f3e6b419c72f', 'sign in', NULL, '9cfea59fe735da224e17f3e6b419c72f', '{"by": "local"}');
INSERT INTO public.audit VALUES (3, 1760000000, 'test', 'create study', 'd69b959734b0f3456fdcca3c4152d1c0', NULL, '{"items": 8, "dataset_sha256": "86113a1206d36c1da2191e7890672d9df50fd6e903e137e93f80009b5ec7a63d"}');
INSERT INTO public.audit VALUES (4, 1760000000, 'test', 'study open', 'd69b959734b0f3456fdcca3c4152d1c0', NULL, '{"was": "draft"}');
INSERT INTO public.audit VALUES (5, 1760000000, 'b1fb6fd19db39b202e4b590a7c3dc08c', 'make account', NULL, 'b1fb6fd19db39b202e4b590a7c3dc08c', '{}');
INSERT INTO public.audit VALUES (6, 1760000000, '6744916b73f8e3cd61a5f25654b59270', 'join', 'd69b959734b0f3456fdcca3c4152d1c0', '6744916b73f8e3cd61a5f25654b59270', '{"by": "prolific"}');
INSERT INTO public.audit VALUES (7, 1760000000, 'b1fb6fd19db39b202e4b590a7c3dc08c', 'sign in', NULL, 'b1fb6fd19db39b202e4b590a7c3dc08c', '{"by": "prolific"}');
INSERT INTO public.audit VALUES (8, 1760000000, '6744916b73f8e3cd61a5f25654b59270', 'lease', 'd69b959734b0f3456fdcca3c4152d1c0', 'b4b4f98179303d08115fb5e7df74586e', '{"item": "9e00cc2939d8fea60b268403f88492bf"}');
INSERT INTO public.audit VALUES (9, 1760000002, '6744916b73f8e3cd61a5f25654b59270', 'answer', 'd69b959734b0f3456fdcca3c4152d1c0', 'b4b4f98179303d08115fb5e7df74586e', '{"revision": 1}');
INSERT INTO public.audit VALUES (10, 1760000007, '6744916b73f8e3cd61a5f25654b59270', 'lease', 'd69b959734b0f3456fdcca3c4152d1c0', '2f360423dd23482fb3850685c2596f05', '{"item": "7f6b3f5eb72efc353b85ce502c0b664f"}');
INSERT INTO public.audit VALUES (11, 1760000009, '6744916b73f8e3cd61a5f25654b59270', 'refuse listening', 'd69b959734b0f3456fdcca3c4152d1c0', '2f360423dd23482fb3850685c2596f05', '{"refused": [[0, "before the item was given out"]]}');
INSERT INTO public.audit VALUES (12, 1760000009, '6744916b73f8e3cd61a5f25654b59270', 'answer', 'd69b959734b0f3456fdcca3c4152d1c0', '2f360423dd23482fb3850685c2596f05', '{"revision": 1}');
INSERT INTO public.audit VALUES (13, 1760000014, '6744916b73f8e3cd61a5f25654b59270', 'lease', 'd69b959734b0f3456fdcca3c4152d1c0', 'dbf7c5c27b519b313cb2008f8a3bc200', '{"item": "c088320b0526f2ebf2859a55fcd913f9"}');
INSERT INTO public.audit VALUES (14, 1760000016, '6744916b73f8e3cd61a5f25654b59270', 'refuse listening', 'd69b959734b0f3456fdcca3c4152d1c0', 'dbf7c5c27b519b313cb2008f8a3bc200', '{"refused": [[0, "before the item was given out"]]}');
INSERT INTO public.audit VALUES (15, 1760000021, '6744916b73f8e3cd61a5f25654b59270', 'flag', 'd69b959734b0f3456fdcca3c4152d1c0', 'dbf7c5c27b519b313cb2008f8a3bc200', '{"fault": "audio"}');
INSERT INTO public.audit VALUES (16, 1760000021, '9cfea59fe735da224e17f3e6b419c72f', 'make invite', NULL, '9884bc831660b9c01c35a69404fa1cea', '{"uses": 3}');
INSERT INTO public.audit VALUES (17, 1760000021, '8a6d1bd928a8250f0c314c9e3d599b4e', 'sign in', NULL, '8a6d1bd928a8250f0c314c9e3d599b4e', '{"by": "invite"}');
INSERT INTO public.audit VALUES (18, 1760000021, '9cfea59fe735da224e17f3e6b419c72f', 'open round', NULL, '3bf3aaaeed743542b255a090a4e319f1', '{"drawn": 2, "seed": 3}');
INSERT INTO public.audit VALUES (19, 1760000021, '8a6d1bd928a8250f0c314c9e3d599b4e', 'review', NULL, 'e07a51afece63d642d6b151f7baca817', '{"passed": true}');
INSERT INTO public.flags VALUES ('2c69314f01f5ab1fa8ea25440ecbcb29', 'dbf7c5c27b519b313cb2008f8a3bc200', 'client-000005', 'cf8ec0a950d5432ea69b0381a48dc493d9866615ab82570e361ab89c6e9e710c', 'audio', 'It crackles.', 1760000021);
INSERT INTO public.invites VALUES ('9884bc831660b9c01c35a69404fa1cea', NULL, '8977a7b9eff837a004d4bc9d41cff72230dfc032403b89c32c603a50266bbd97', 'review', 2, 1760000021, 1762592021, NULL);
INSERT INTO public.items VALUES ('1bc6e8d80ff9c7a3487718840446ec4d', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 2, 'q2', 'SCR', 'Which 2?', '[{"text": "2 w", "label": "2 w"}, {"text": "2 x", "label": "2 x"}, {"text": "2 y", "label": "2 y"}, {"text": "2 z", "label": "2 z"}]', false, 2, NULL, '["audio/2.flac"]', '{}', '3f0025ecbb1bb9f1f8ceb1bac64761b1', 2);
INSERT INTO public.items VALUES ('260c74696c069992e3ff19561993ba6f', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 3, 'q1', 'SCR', 'Which 1?', '[{"text": "1 w", "label": "1 w"}, {"text": "1 x", "label": "1 x"}, {"text": "1 y", "label": "1 y"}, {"text": "1 z", "label": "1 z"}]', false, 1, NULL, '["audio/1.flac"]', '{}', '44cb6bceab15885e2b6cb5ad216db507', 2);
INSERT INTO public.items VALUES ('fdc1c51e56b3438caab10c38b8cb0fa0', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 4, 'q0', 'SCR', 'Which 0?', '[{"text": "0 w", "label": "0 w"}, {"text": "0 x", "label": "0 x"}, {"text": "0 y", "label": "0 y"}, {"text": "0 z", "label": "0 z"}]', false, 0, NULL, '["audio/0.flac"]', '{}', '183599f3f34f0500fe3e357825b8734d', 2);
INSERT INTO public.items VALUES ('9ef5f3b15af3de766241ccd6d7df5da0', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 6, 'q3', 'SCR', 'Which 3?', '[{"text": "3 w", "label": "3 w"}, {"text": "3 x", "label": "3 x"}, {"text": "3 y", "label": "3 y"}, {"text": "3 z", "label": "3 z"}]', false, 3, NULL, '["audio/3.flac"]', '{}', '6409f4408ca00d56e22ad1221a4da69d', 2);
INSERT INTO public.items VALUES ('92d975d17508df3665aacb0ce1874897', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 7, 'q7', 'ASR', 'Write down what is said.', '[]', false, NULL, 'the reference number 7', '["audio/7.flac"]', '{}', 'f6a1521bd03cf4363cf892c3c00a9e6d', 2);
INSERT INTO public.items VALUES ('9e00cc2939d8fea60b268403f88492bf', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 5, 'q5', 'SCR', 'Which 5?', '[{"text": "5 w", "label": "5 w"}, {"text": "5 x", "label": "5 x"}, {"text": "5 y", "label": "5 y"}, {"text": "5 z", "label": "5 z"}]', false, 1, NULL, '["audio/5.flac"]', '{}', '11939aa0fcc4c59dafb08cac02532a13', 1);
INSERT INTO public.items VALUES ('7f6b3f5eb72efc353b85ce502c0b664f', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 8, 'q6', 'ASR', 'Write down what is said.', '[]', false, NULL, 'the reference number 6', '["audio/6.flac"]', '{}', 'c195f814d01222b36eb0c63290812daa', 1);
INSERT INTO public.items VALUES ('c088320b0526f2ebf2859a55fcd913f9', 'd69b959734b0f3456fdcca3c4152d1c0', 'main', 1, 'q4', 'SCR', 'Which 4?', '[{"text": "4 w", "label": "4 w"}, {"text": "4 x", "label": "4 x"}, {"text": "4 y", "label": "4 y"}, {"text": "4 z", "label": "4 z"}]', false, 0, NULL, '["audio/4.flac"]', '{}', '28631acb0d337c1cf414538cdd3814e6', 1);
INSERT INTO public.listening_reports VALUES ('fa0da5ee446f09755c84dae1bd4a89d2', 'b4b4f98179303d08115fb5e7df74586e', '6744916b73f8e3cd61a5f25654b59270', 'client-000000', 'b8c8bf069379844fdb3cef1c39abd587a59eb2655fe2ddc34ee679de826da433', 'page-0001', 1760000000, 2, 1760000002, 1760000000, 1760000002, '[{"start": 0.0, "end": 2.0, "speed": 1.0, "at": 0.0, "muted": false, "hidden": false}]');
INSERT INTO public.participants VALUES ('6744916b73f8e3cd61a5f25654b59270', 'd69b959734b0f3456fdcca3c4152d1c0', 'b1fb6fd19db39b202e4b590a7c3dc08c', 8479447381855467, '{"study": "60d9aadeb86739de712faee0", "session": "60d9aadeb86739de712faee1"}', 1760000000, NULL, NULL, 0, NULL, NULL, 21, 1760000021, 1760000000, NULL, NULL, NULL);
INSERT INTO public.recordings VALUES ('28631acb0d337c1cf414538cdd3814e6', '/data/mini/audio/4.flac', 'audio/4.flac', '3943e5cca0ceb692bd178318402f187e5514eb0d64b577846b9ed8ba1ca283af', NULL, 2);
INSERT INTO public.recordings VALUES ('3f0025ecbb1bb9f1f8ceb1bac64761b1', '/data/mini/audio/2.flac', 'audio/2.flac', 'b2adbcdfad864e973e5d9325bcf7c92eefe86ca5efa3ef4c0121ef2019573ef8', NULL, 2);
INSERT INTO public.recordings VALUES ('44cb6bceab15885e2b6cb5ad216db507', '/data/mini/audio/1.flac', 'audio/1.flac', '7e68aa21601b3ff9b6a304a73cd34e193e09ac71e9121ddc2806e3c25a0402ca', NULL, 2);
INSERT INTO public.recordings VALUES ('183599f3f34f0500fe3e357825b8734d', '/data/mini/audio/0.flac', 'audio/0.flac', '8820d9599166540158dc05fc86fcb5a7ac49a457ff868ddde7055a5b2ad5afab', NULL, 2);
INSERT INTO public.recordings VALUES ('11939aa0fcc4c59dafb08cac02532a13', '/data/mini/audio/5.flac', 'audio/5.flac', 'e551ef9421c307d4b5ad6e9cb9ba81f10512556ef73edfdd52ec616db2962093', NULL, 2);
INSERT INTO public.recordings VALUES ('6409f4408ca00d56e22ad1221a4da69d', '/data/mini/audio/3.flac', 'audio/3.flac', 'ee8e4f60bba2ff1560c5a93ae378a2a041e02035f5b3582fedeae8a6087d322e', NULL, 2);
INSERT INTO public.recordings VALUES ('f6a1521bd03cf4363cf892c3c00a9e6d', '/data/mini/audio/7.flac', 'audio/7.flac', '7920f25002386bb70d36858e29513f6710ecf8c9f340c92810ead2056a434286', NULL, 2);
INSERT INTO public.recordings VALUES ('c195f814d01222b36eb0c63290812daa', '/data/mini/audio/6.flac', 'audio/6.flac', '415c14d69a1bc5fb1e396a919e81efa60a1f95f01358c2fe666ba43750801d7e', NULL, 2);
INSERT INTO public.reviews VALUES ('e07a51afece63d642d6b151f7baca817', 'cce6653074f2327a8d78f7a6deb764d0', '8a6d1bd928a8250f0c314c9e3d599b4e', 1760000021, 1760003621, 'client-000000', '3cd2062afe096486c8753935356aae569028cc47feb65d13b2b5e02a1d85c38b', '{"audio": true, "transcript": true, "duration": true, "no_leak": true}', true, 'Seen.', 1760000021);
INSERT INTO public.reviews VALUES ('3ff7a81305680fb0d4c08509d0eccfa4', '3ab33e59bc3a620982f6606f4d045516', '8a6d1bd928a8250f0c314c9e3d599b4e', 1760000021, 1760003621, NULL, NULL, NULL, NULL, '', NULL);
INSERT INTO public.sessions VALUES ('a67e72758bf49b9232e4dbd8dd618b783b8e153ec6adb219ba6c1ae26282c368', '9cfea59fe735da224e17f3e6b419c72f', 'KESycWwFhuoCDYBmstBZ8pvzQkPZ0BDYSMiar_3JnDY', 1760000000, 1760000000, 1762592000);
INSERT INTO public.sessions VALUES ('018ea8b2f86809f6b12e8ca72a567056cdb1403dc43883b29142415fcf009f25', 'b1fb6fd19db39b202e4b590a7c3dc08c', 'EI7KNdFWdVBuRkmYkbvzYfnJ-kWvuCs55fIYPRMbFZE', 1760000000, 1760000000, 1762592000);
INSERT INTO public.sessions VALUES ('ad01329580cf03c0a32e633c39adbfccf703822e679ed196e839b57da68d63a9', '8a6d1bd928a8250f0c314c9e3d599b4e', 'rKFPr94ytxE76YndgxENV6iqD5bpSQ0vnlHcGXXbDc0', 1760000021, 1760000021, 1762592021);
INSERT INTO public.studies VALUES ('d69b959734b0f3456fdcca3c4152d1c0', 'The first study', 'open', 'mini', '86113a1206d36c1da2191e7890672d9df50fd6e903e137e93f80009b5ec7a63d', 0, 2, 0, 2, 10, NULL, 900, 1800, 'Listen to the recording, then answer the question. Wear headphones and work in a quiet place. The answer opens once enough of the recording was played. If you cannot tell, choose the most likely answer and give a low confidence.', '', false, NULL, '["invite", "account", "prolific"]', '{"name": "The first study", "dataset": "/data/mini", "tasks": null, "samples": [], "per_task": null, "gold": [], "practice": [], "gold_per_task": 0, "practice_per_task": 0, "gold_every": 10, "overlap": 2, "seed": 0, "must_listen": 0.0, "max_speed": 2.0, "time_limit_s": null, "lease_s": 900.0, "pause_after_s": 1800.0, "instructions": "Listen to the recording, then answer the question. Wear headphones and work in a quiet place. The answer opens once enough of the recording was played. If you cannot tell, choose the most likely answer and give a low confidence.", "consent": "", "sound_check": false, "completion_code": null, "joining": ["invite", "account", "prolific"]}', 1760000000, 1760000000, NULL);
INSERT INTO public.verification_rounds VALUES ('3bf3aaaeed743542b255a090a4e319f1', 'mini', '86113a1206d36c1da2191e7890672d9df50fd6e903e137e93f80009b5ec7a63d', 'ASR', 1, 3, 2, 'open', '[{"name": "audio", "text": "The audio plays to its end without a fault."}, {"name": "transcript", "text": "The transcript is what is said, word for word."}, {"name": "duration", "text": "The duration is as stated."}, {"name": "no_leak", "text": "Neither a splice nor the level gives the answer away."}]', '', 1760000021, NULL);
INSERT INTO public.verification_samples VALUES ('cce6653074f2327a8d78f7a6deb764d0', '3bf3aaaeed743542b255a090a4e319f1', 0, 'q7', 'ASR', '', '[]', NULL, 'the reference number 7', 2, 'f6a1521bd03cf4363cf892c3c00a9e6d', 2, NULL);
INSERT INTO public.verification_samples VALUES ('3ab33e59bc3a620982f6606f4d045516', '3bf3aaaeed743542b255a090a4e319f1', 1, 'q6', 'ASR', '', '[]', NULL, 'the reference number 6', 2, 'c195f814d01222b36eb0c63290812daa', 2, NULL);
SELECT pg_catalog.setval('public.audit_id_seq', 19, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT pk_answers PRIMARY KEY (id);
ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT pk_assignments PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT pk_exclusions PRIMARY KEY (id);
ALTER TABLE ONLY public.flags
    ADD CONSTRAINT pk_flags PRIMARY KEY (id);
ALTER TABLE ONLY public.invites
    ADD CONSTRAINT pk_invites PRIMARY KEY (id);
ALTER TABLE ONLY public.items
    ADD CONSTRAINT pk_items PRIMARY KEY (id);
ALTER TABLE ONLY public.listening_reports
    ADD CONSTRAINT pk_listening_reports PRIMARY KEY (id);
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT pk_participants PRIMARY KEY (id);
ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT pk_recordings PRIMARY KEY (id);
ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT pk_reviews PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (id);
ALTER TABLE ONLY public.studies
    ADD CONSTRAINT pk_studies PRIMARY KEY (id);
ALTER TABLE ONLY public.verification_rounds
    ADD CONSTRAINT pk_verification_rounds PRIMARY KEY (id);
ALTER TABLE ONLY public.verification_samples
    ADD CONSTRAINT pk_verification_samples PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_name UNIQUE (name);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_source_external_id UNIQUE (source, external_id);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT uq_answers_assignment_id_client_id UNIQUE (assignment_id, client_id);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT uq_answers_assignment_id_revision UNIQUE (assignment_id, revision);
ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT uq_assignments_participant_id_item_id UNIQUE (participant_id, item_id);
ALTER TABLE ONLY public.flags
    ADD CONSTRAINT uq_flags_assignment_id_client_id UNIQUE (assignment_id, client_id);
ALTER TABLE ONLY public.invites
    ADD CONSTRAINT uq_invites_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.items
    ADD CONSTRAINT uq_items_study_id_sample_id UNIQUE (study_id, sample_id);
ALTER TABLE ONLY public.listening_reports
    ADD CONSTRAINT uq_listening_reports_assignment_id_client_id UNIQUE (assignment_id, client_id);
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT uq_participants_study_id_account_id UNIQUE (study_id, account_id);
ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT uq_recordings_sha256 UNIQUE (sha256);
ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT uq_reviews_sample_id_reviewer_id UNIQUE (sample_id, reviewer_id);
ALTER TABLE ONLY public.studies
    ADD CONSTRAINT uq_studies_name UNIQUE (name);
ALTER TABLE ONLY public.verification_rounds
    ADD CONSTRAINT uq_verification_rounds_dataset_subset_number UNIQUE (dataset, subset, number);
ALTER TABLE ONLY public.verification_samples
    ADD CONSTRAINT uq_verification_samples_round_id_sample_id UNIQUE (round_id, sample_id);
CREATE INDEX ix_accounts_secret_hash ON public.accounts USING btree (secret_hash);
CREATE INDEX ix_assignments_item_id ON public.assignments USING btree (item_id);
CREATE INDEX ix_assignments_state_expires_at ON public.assignments USING btree (state, expires_at);
CREATE INDEX ix_assignments_study_id ON public.assignments USING btree (study_id);
CREATE INDEX ix_audit_action ON public.audit USING btree (action);
CREATE INDEX ix_audit_study_id ON public.audit USING btree (study_id);
CREATE INDEX ix_exclusions_study_id ON public.exclusions USING btree (study_id);
CREATE INDEX ix_invites_study_id ON public.invites USING btree (study_id);
CREATE INDEX ix_items_study_id_kind_free ON public.items USING btree (study_id, kind, free);
CREATE INDEX ix_listening_reports_participant_id_ended_at ON public.listening_reports USING btree (participant_id, ended_at);
CREATE INDEX ix_listening_reports_participant_id_page_id ON public.listening_reports USING btree (participant_id, page_id);
CREATE INDEX ix_participants_account_id ON public.participants USING btree (account_id);
CREATE INDEX ix_sessions_account_id ON public.sessions USING btree (account_id);
CREATE INDEX ix_studies_state ON public.studies USING btree (state);
CREATE TRIGGER audit_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_only_grows();
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT fk_answers_assignment_id FOREIGN KEY (assignment_id) REFERENCES public.assignments(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT fk_assignments_item_id FOREIGN KEY (item_id) REFERENCES public.items(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT fk_assignments_participant_id FOREIGN KEY (participant_id) REFERENCES public.participants(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assignments
    ADD CONSTRAINT fk_assignments_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT fk_exclusions_assignment_id FOREIGN KEY (assignment_id) REFERENCES public.assignments(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT fk_exclusions_participant_id FOREIGN KEY (participant_id) REFERENCES public.participants(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exclusions
    ADD CONSTRAINT fk_exclusions_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.flags
    ADD CONSTRAINT fk_flags_assignment_id FOREIGN KEY (assignment_id) REFERENCES public.assignments(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invites
    ADD CONSTRAINT fk_invites_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.items
    ADD CONSTRAINT fk_items_recording_id FOREIGN KEY (recording_id) REFERENCES public.recordings(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.items
    ADD CONSTRAINT fk_items_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listening_reports
    ADD CONSTRAINT fk_listening_reports_assignment_id FOREIGN KEY (assignment_id) REFERENCES public.assignments(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listening_reports
    ADD CONSTRAINT fk_listening_reports_participant_id FOREIGN KEY (participant_id) REFERENCES public.participants(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT fk_participants_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.participants
    ADD CONSTRAINT fk_participants_study_id FOREIGN KEY (study_id) REFERENCES public.studies(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT fk_reviews_reviewer_id FOREIGN KEY (reviewer_id) REFERENCES public.accounts(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT fk_reviews_sample_id FOREIGN KEY (sample_id) REFERENCES public.verification_samples(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_account_id FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.verification_samples
    ADD CONSTRAINT fk_verification_samples_recording_id FOREIGN KEY (recording_id) REFERENCES public.recordings(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.verification_samples
    ADD CONSTRAINT fk_verification_samples_round_id FOREIGN KEY (round_id) REFERENCES public.verification_rounds(id) ON DELETE CASCADE;
