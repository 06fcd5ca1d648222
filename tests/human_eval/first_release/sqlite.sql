PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('0001');
CREATE TABLE accounts (
	id VARCHAR(32) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	name VARCHAR(80), 
	external_id VARCHAR(120), 
	secret_hash VARCHAR(200), 
	reviewer BOOLEAN NOT NULL, 
	created_at DOUBLE NOT NULL, 
	disabled_at DOUBLE, 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_accounts_name UNIQUE (name), 
	CONSTRAINT uq_accounts_source_external_id UNIQUE (source, external_id)
);
INSERT INTO accounts VALUES('c69122525faf53895fa1f46ac24a0bfb','local','boss','boss','$argon2id$v=19$m=65536,t=3,p=4$MI+0YuHSqI7nq2BYF7Wblg$KokG+Xr6m1QkBY7NuZEhVje5pdGfVR3XUAfPSkxl7CM',0,1760000000.0,NULL);
INSERT INTO accounts VALUES('4c1ee2d97d3f821d4827e31fe75bb24b','prolific',NULL,'5f0c1ab2c3d4e5f60718293a','a606c4a8e3285fbf45ea86fb41278b982358dac13b1140fca253e5dffe8c3a02',0,1760000000.0,NULL);
INSERT INTO accounts VALUES('130c72511b41beb027732b231c8b2be8','invite',NULL,'130c72511b41beb027732b231c8b2be8','3fe8f0683ce7bb791a17f5dfadb9dad7be9e1c01e4b22f283478f948fb9c0884',1,1760000021.0,NULL);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	actor VARCHAR(40) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	study_id VARCHAR(32), 
	subject VARCHAR(64), 
	detail JSON NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO audit VALUES(1,1760000000.0,'c69122525faf53895fa1f46ac24a0bfb','make account',NULL,'c69122525faf53895fa1f46ac24a0bfb','{}');
INSERT INTO audit VALUES(2,1760000000.0,'c69122525faf53895fa1f46ac24a0bfb','sign in',NULL,'c69122525faf53895fa1f46ac24a0bfb','{"by": "local"}');
INSERT INTO audit VALUES(3,1760000000.0,'test','create study','73ffeb11f16a72c04f9cb8e75270ab61',NULL,'{"items": 8, "dataset_sha256": "86113a1206d36c1da2191e7890672d9df50fd6e903e137e93f80009b5ec7a63d"}');
INSERT INTO audit VALUES(4,1760000000.0,'test','study open','73ffeb11f16a72c04f9cb8e75270ab61',NULL,'{"was": "draft"}');
INSERT INTO audit VALUES(5,1760000000.0,'4c1ee2d97d3f821d4827e31fe75bb24b','make account',NULL,'4c1ee2d97d3f821d4827e31fe75bb24b','{}');
INSERT INTO audit VALUES(6,1760000000.0,'299515a1a6a5f048fe898f71f6cfdd9a','join','73ffeb11f16a72c04f9cb8e75270ab61','299515a1a6a5f048fe898f71f6cfdd9a','{"by": "prolific"}');
INSERT INTO audit VALUES(7,1760000000.0,'4c1ee2d97d3f821d4827e31fe75bb24b','sign in',NULL,'4c1ee2d97d3f821d4827e31fe75bb24b','{"by": "prolific"}');
INSERT INTO audit VALUES(8,1760000000.0,'299515a1a6a5f048fe898f71f6cfdd9a','lease','73ffeb11f16a72c04f9cb8e75270ab61','2b15fc72f3a8de366cad3afb574a905e','{"item": "77fe6287c07fcd07d2559dabff7655e4"}');
INSERT INTO audit VALUES(9,1760000002.0,'299515a1a6a5f048fe898f71f6cfdd9a','answer','73ffeb11f16a72c04f9cb8e75270ab61','2b15fc72f3a8de366cad3afb574a905e','{"revision": 1}');
INSERT INTO audit VALUES(10,1760000007.0,'299515a1a6a5f048fe898f71f6cfdd9a','lease','73ffeb11f16a72c04f9cb8e75270ab61','52c1f17e6a7126a955885de6ca8ef291','{"item": "4ddb2db87b0eb8a2c4c60e315f94efe0"}');
INSERT INTO audit VALUES(11,1760000009.0,'299515a1a6a5f048fe898f71f6cfdd9a','refuse listening','73ffeb11f16a72c04f9cb8e75270ab61','52c1f17e6a7126a955885de6ca8ef291','{"refused": [[0, "before the item was given out"]]}');
INSERT INTO audit VALUES(12,1760000009.0,'299515a1a6a5f048fe898f71f6cfdd9a','answer','73ffeb11f16a72c04f9cb8e75270ab61','52c1f17e6a7126a955885de6ca8ef291','{"revision": 1}');
INSERT INTO audit VALUES(13,1760000014.0,'299515a1a6a5f048fe898f71f6cfdd9a','lease','73ffeb11f16a72c04f9cb8e75270ab61','71eecaccf6ee43a26fdcbaccb6ba8426','{"item": "c3989af2d5f63d875d77b8f27f6d19ac"}');
INSERT INTO audit VALUES(14,1760000016.0,'299515a1a6a5f048fe898f71f6cfdd9a','refuse listening','73ffeb11f16a72c04f9cb8e75270ab61','71eecaccf6ee43a26fdcbaccb6ba8426','{"refused": [[0, "before the item was given out"]]}');
INSERT INTO audit VALUES(15,1760000021.0,'299515a1a6a5f048fe898f71f6cfdd9a','flag','73ffeb11f16a72c04f9cb8e75270ab61','71eecaccf6ee43a26fdcbaccb6ba8426','{"fault": "audio"}');
INSERT INTO audit VALUES(16,1760000021.0,'c69122525faf53895fa1f46ac24a0bfb','make invite',NULL,'266f0058ca147746d77663f1732db495','{"uses": 3}');
INSERT INTO audit VALUES(17,1760000021.0,'130c72511b41beb027732b231c8b2be8','sign in',NULL,'130c72511b41beb027732b231c8b2be8','{"by": "invite"}');
INSERT INTO audit VALUES(18,1760000021.0,'c69122525faf53895fa1f46ac24a0bfb','open round',NULL,'5f2b545bd81e95e987bec3212bb790b2','{"drawn": 2, "seed": 3}');
INSERT INTO audit VALUES(19,1760000021.0,'130c72511b41beb027732b231c8b2be8','review',NULL,'6f8225c3236d6fea661a6be230c9fdbe','{"passed": true}');
CREATE TABLE recordings (
	id VARCHAR(32) NOT NULL, 
	path VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	pcm_sha256 VARCHAR(64), 
	duration_s DOUBLE NOT NULL, 
	CONSTRAINT pk_recordings PRIMARY KEY (id), 
	CONSTRAINT uq_recordings_sha256 UNIQUE (sha256)
);
INSERT INTO recordings VALUES('ba7257366fa38c9e1157341458d78705','/data/mini/audio/4.flac','audio/4.flac','3943e5cca0ceb692bd178318402f187e5514eb0d64b577846b9ed8ba1ca283af',NULL,2.0);
INSERT INTO recordings VALUES('2f0f2f8f4a3c88364a27760df22e8c56','/data/mini/audio/2.flac','audio/2.flac','b2adbcdfad864e973e5d9325bcf7c92eefe86ca5efa3ef4c0121ef2019573ef8',NULL,2.0);
INSERT INTO recordings VALUES('ca46132e6e7e15f9a018de8f2dac9dbb','/data/mini/audio/1.flac','audio/1.flac','7e68aa21601b3ff9b6a304a73cd34e193e09ac71e9121ddc2806e3c25a0402ca',NULL,2.0);
INSERT INTO recordings VALUES('de2131982f30c71801a81a3c64442afc','/data/mini/audio/0.flac','audio/0.flac','8820d9599166540158dc05fc86fcb5a7ac49a457ff868ddde7055a5b2ad5afab',NULL,2.0);
INSERT INTO recordings VALUES('2a3822be3d44acc537631342a9c7ab7d','/data/mini/audio/5.flac','audio/5.flac','e551ef9421c307d4b5ad6e9cb9ba81f10512556ef73edfdd52ec616db2962093',NULL,2.0);
INSERT INTO recordings VALUES('229027d828fb9cd975261923e2a55bc8','/data/mini/audio/3.flac','audio/3.flac','ee8e4f60bba2ff1560c5a93ae378a2a041e02035f5b3582fedeae8a6087d322e',NULL,2.0);
INSERT INTO recordings VALUES('cc73d74766fbfdec2fbf8200230f8b10','/data/mini/audio/7.flac','audio/7.flac','7920f25002386bb70d36858e29513f6710ecf8c9f340c92810ead2056a434286',NULL,2.0);
INSERT INTO recordings VALUES('81d9268eb062973b563dfc39b358e422','/data/mini/audio/6.flac','audio/6.flac','415c14d69a1bc5fb1e396a919e81efa60a1f95f01358c2fe666ba43750801d7e',NULL,2.0);
CREATE TABLE studies (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	dataset VARCHAR(400) NOT NULL, 
	dataset_sha256 VARCHAR(64) NOT NULL, 
	seed BIGINT NOT NULL, 
	overlap INTEGER NOT NULL, 
	must_listen DOUBLE NOT NULL, 
	max_speed DOUBLE NOT NULL, 
	gold_every INTEGER NOT NULL, 
	time_limit_s DOUBLE, 
	lease_s DOUBLE NOT NULL, 
	pause_after_s DOUBLE NOT NULL, 
	instructions VARCHAR NOT NULL, 
	consent VARCHAR NOT NULL, 
	sound_check BOOLEAN NOT NULL, 
	completion_code VARCHAR(80), 
	joining JSON NOT NULL, 
	spec JSON NOT NULL, 
	created_at DOUBLE NOT NULL, 
	opened_at DOUBLE, 
	closed_at DOUBLE, 
	CONSTRAINT pk_studies PRIMARY KEY (id), 
	CONSTRAINT uq_studies_name UNIQUE (name)
);
INSERT INTO studies VALUES('73ffeb11f16a72c04f9cb8e75270ab61','The first study','open','mini','86113a1206d36c1da2191e7890672d9df50fd6e903e137e93f80009b5ec7a63d',0,2,0.0,2.0,10,NULL,900.0,1800.0,'Listen to the recording, then answer the question. Wear headphones and work in a quiet place. The answer opens once enough of the recording was played. If you cannot tell, choose the most likely answer and give a low confidence.','',0,NULL,'["invite", "account", "prolific"]','{"name": "The first study", "dataset": "/data/mini", "tasks": null, "samples": [], "per_task": null, "gold": [], "practice": [], "gold_per_task": 0, "practice_per_task": 0, "gold_every": 10, "overlap": 2, "seed": 0, "must_listen": 0.0, "max_speed": 2.0, "time_limit_s": null, "lease_s": 900.0, "pause_after_s": 1800.0, "instructions": "Listen to the recording, then answer the question. Wear headphones and work in a quiet place. The answer opens once enough of the recording was played. If you cannot tell, choose the most likely answer and give a low confidence.", "consent": "", "sound_check": false, "completion_code": null, "joining": ["invite", "account", "prolific"]}',1760000000.0,1760000000.0,NULL);
CREATE TABLE verification_rounds (
	id VARCHAR(32) NOT NULL, 
	dataset VARCHAR(400) NOT NULL, 
	dataset_sha256 VARCHAR(64) NOT NULL, 
	subset VARCHAR(40) NOT NULL, 
	number INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	population INTEGER NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	checklist JSON NOT NULL, 
	reason VARCHAR NOT NULL, 
	opened_at DOUBLE NOT NULL, 
	decided_at DOUBLE, 
	CONSTRAINT pk_verification_rounds PRIMARY KEY (id), 
	CONSTRAINT uq_verification_rounds_dataset_subset_number UNIQUE (dataset, subset, number)
);
INSERT INTO verification_rounds VALUES('5f2b545bd81e95e987bec3212bb790b2','mini','86113a1206d36c1da2191e7890672d9df50fd6e903e137e93f80009b5ec7a63d','ASR',1,3,2,'open','[{"name": "audio", "text": "The audio plays to its end without a fault."}, {"name": "transcript", "text": "The transcript is what is said, word for word."}, {"name": "duration", "text": "The duration is as stated."}, {"name": "no_leak", "text": "Neither a splice nor the level gives the answer away."}]','',1760000021.0,NULL);
CREATE TABLE invites (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32), 
	token_hash VARCHAR(64) NOT NULL, 
	label VARCHAR(200) NOT NULL, 
	uses_left INTEGER NOT NULL, 
	created_at DOUBLE NOT NULL, 
	expires_at DOUBLE, 
	revoked_at DOUBLE, 
	CONSTRAINT pk_invites PRIMARY KEY (id), 
	CONSTRAINT fk_invites_study_id FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE, 
	CONSTRAINT uq_invites_token_hash UNIQUE (token_hash)
);
INSERT INTO invites VALUES('266f0058ca147746d77663f1732db495',NULL,'43de80dab74cb06f76a340821aa436d372a6390b188cd29d0f6b7491580f3dd6','review',2,1760000021.0,1762592021.0,NULL);
CREATE TABLE items (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	place INTEGER NOT NULL, 
	sample_id VARCHAR(300) NOT NULL, 
	task VARCHAR(4) NOT NULL, 
	question VARCHAR NOT NULL, 
	options JSON NOT NULL, 
	fixed_order BOOLEAN NOT NULL, 
	answer INTEGER, 
	reference VARCHAR, 
	sources JSON NOT NULL, 
	slices JSON NOT NULL, 
	recording_id VARCHAR(32) NOT NULL, 
	free INTEGER NOT NULL, 
	CONSTRAINT pk_items PRIMARY KEY (id), 
	CONSTRAINT fk_items_recording_id FOREIGN KEY(recording_id) REFERENCES recordings (id) ON DELETE RESTRICT, 
	CONSTRAINT fk_items_study_id FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE, 
	CONSTRAINT uq_items_study_id_sample_id UNIQUE (study_id, sample_id)
);
INSERT INTO items VALUES('4ddb2db87b0eb8a2c4c60e315f94efe0','73ffeb11f16a72c04f9cb8e75270ab61','main',1,'q4','SCR','Which 4?','[{"text": "4 w", "label": "4 w"}, {"text": "4 x", "label": "4 x"}, {"text": "4 y", "label": "4 y"}, {"text": "4 z", "label": "4 z"}]',0,0,NULL,'["audio/4.flac"]','{}','ba7257366fa38c9e1157341458d78705',1);
INSERT INTO items VALUES('249b14ebd42e730af0bdad20c3092287','73ffeb11f16a72c04f9cb8e75270ab61','main',2,'q2','SCR','Which 2?','[{"text": "2 w", "label": "2 w"}, {"text": "2 x", "label": "2 x"}, {"text": "2 y", "label": "2 y"}, {"text": "2 z", "label": "2 z"}]',0,2,NULL,'["audio/2.flac"]','{}','2f0f2f8f4a3c88364a27760df22e8c56',2);
INSERT INTO items VALUES('10c6df3b7b046e6e81fb6670515b46c5','73ffeb11f16a72c04f9cb8e75270ab61','main',3,'q1','SCR','Which 1?','[{"text": "1 w", "label": "1 w"}, {"text": "1 x", "label": "1 x"}, {"text": "1 y", "label": "1 y"}, {"text": "1 z", "label": "1 z"}]',0,1,NULL,'["audio/1.flac"]','{}','ca46132e6e7e15f9a018de8f2dac9dbb',2);
INSERT INTO items VALUES('eef0e230c729bf6d2bcff3cae8ffd1bf','73ffeb11f16a72c04f9cb8e75270ab61','main',4,'q0','SCR','Which 0?','[{"text": "0 w", "label": "0 w"}, {"text": "0 x", "label": "0 x"}, {"text": "0 y", "label": "0 y"}, {"text": "0 z", "label": "0 z"}]',0,0,NULL,'["audio/0.flac"]','{}','de2131982f30c71801a81a3c64442afc',2);
INSERT INTO items VALUES('77fe6287c07fcd07d2559dabff7655e4','73ffeb11f16a72c04f9cb8e75270ab61','main',5,'q5','SCR','Which 5?','[{"text": "5 w", "label": "5 w"}, {"text": "5 x", "label": "5 x"}, {"text": "5 y", "label": "5 y"}, {"text": "5 z", "label": "5 z"}]',0,1,NULL,'["audio/5.flac"]','{}','2a3822be3d44acc537631342a9c7ab7d',1);
INSERT INTO items VALUES('c3989af2d5f63d875d77b8f27f6d19ac','73ffeb11f16a72c04f9cb8e75270ab61','main',6,'q3','SCR','Which 3?','[{"text": "3 w", "label": "3 w"}, {"text": "3 x", "label": "3 x"}, {"text": "3 y", "label": "3 y"}, {"text": "3 z", "label": "3 z"}]',0,3,NULL,'["audio/3.flac"]','{}','229027d828fb9cd975261923e2a55bc8',1);
INSERT INTO items VALUES('2a901df189886154617b386d0931a9d3','73ffeb11f16a72c04f9cb8e75270ab61','main',7,'q7','ASR','Write down what is said.','[]',0,NULL,'the reference number 7','["audio/7.flac"]','{}','cc73d74766fbfdec2fbf8200230f8b10',2);
INSERT INTO items VALUES('4f5dba6ee6b94d4fdbf89bced55ab054','73ffeb11f16a72c04f9cb8e75270ab61','main',8,'q6','ASR','Write down what is said.','[]',0,NULL,'the reference number 6','["audio/6.flac"]','{}','81d9268eb062973b563dfc39b358e422',2);
CREATE TABLE participants (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	account_id VARCHAR(32) NOT NULL, 
	seed BIGINT NOT NULL, 
	prolific JSON, 
	joined_at DOUBLE NOT NULL, 
	consented_at DOUBLE, 
	consent_sha256 VARCHAR(64), 
	sound_attempts INTEGER NOT NULL, 
	sound_checked_at DOUBLE, 
	headphones BOOLEAN, 
	active_s DOUBLE NOT NULL, 
	active_at DOUBLE, 
	working_since DOUBLE, 
	paused_at DOUBLE, 
	submitted_at DOUBLE, 
	completion_code VARCHAR(80), 
	CONSTRAINT pk_participants PRIMARY KEY (id), 
	CONSTRAINT fk_participants_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_participants_study_id FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE, 
	CONSTRAINT uq_participants_study_id_account_id UNIQUE (study_id, account_id)
);
INSERT INTO participants VALUES('299515a1a6a5f048fe898f71f6cfdd9a','73ffeb11f16a72c04f9cb8e75270ab61','4c1ee2d97d3f821d4827e31fe75bb24b',7372177734835371,'{"study": "60d9aadeb86739de712faee0", "session": "60d9aadeb86739de712faee1"}',1760000000.0,NULL,NULL,0,NULL,NULL,21.0,1760000021.0,1760000000.0,NULL,NULL,NULL);
CREATE TABLE sessions (
	id VARCHAR(64) NOT NULL, 
	account_id VARCHAR(32) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	seen_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO sessions VALUES('7cbb7be474be7bfe59b63201d6f80029e87bba1e17e051e2181268e5c94af58a','c69122525faf53895fa1f46ac24a0bfb','lhFdeHZ5y6yCCg20O-2timMBuJpiPif9_tyLrNKhJTc',1760000000.0,1760000000.0,1762592000.0);
INSERT INTO sessions VALUES('3603713738a1770f7fbc6f898d4ec88c97934b160449f4e1b9633d8a2bebbf0b','4c1ee2d97d3f821d4827e31fe75bb24b','G-5Kbuofddp36ItGmPO3eN23SxJKXBbPrFQksiVFsew',1760000000.0,1760000000.0,1762592000.0);
INSERT INTO sessions VALUES('227eaa0f7601d7b6e20fcdd33c4f8ceda78bb9eab5d0c4a9cdd9a4a729b9bced','130c72511b41beb027732b231c8b2be8','xsFCFzhhK0gwn6w-9LQvDOm4J7P6nFS7iBhLr-yYP44',1760000021.0,1760000021.0,1762592021.0);
CREATE TABLE verification_samples (
	id VARCHAR(32) NOT NULL, 
	round_id VARCHAR(32) NOT NULL, 
	place INTEGER NOT NULL, 
	sample_id VARCHAR(300) NOT NULL, 
	task VARCHAR(4) NOT NULL, 
	question VARCHAR NOT NULL, 
	options JSON NOT NULL, 
	answer INTEGER, 
	reference VARCHAR, 
	stated_duration_s DOUBLE, 
	recording_id VARCHAR(32) NOT NULL, 
	needed INTEGER NOT NULL, 
	passed BOOLEAN, 
	CONSTRAINT pk_verification_samples PRIMARY KEY (id), 
	CONSTRAINT fk_verification_samples_recording_id FOREIGN KEY(recording_id) REFERENCES recordings (id) ON DELETE RESTRICT, 
	CONSTRAINT fk_verification_samples_round_id FOREIGN KEY(round_id) REFERENCES verification_rounds (id) ON DELETE CASCADE, 
	CONSTRAINT uq_verification_samples_round_id_sample_id UNIQUE (round_id, sample_id)
);
INSERT INTO verification_samples VALUES('0e75303104638e1c39f22efa8e1b81d7','5f2b545bd81e95e987bec3212bb790b2',0,'q7','ASR','','[]',NULL,'the reference number 7',2.0,'cc73d74766fbfdec2fbf8200230f8b10',2,NULL);
INSERT INTO verification_samples VALUES('446b788eaab055c085eecc1ec942c78c','5f2b545bd81e95e987bec3212bb790b2',1,'q6','ASR','','[]',NULL,'the reference number 6',2.0,'81d9268eb062973b563dfc39b358e422',2,NULL);
CREATE TABLE assignments (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	item_id VARCHAR(32) NOT NULL, 
	participant_id VARCHAR(32) NOT NULL, 
	place INTEGER NOT NULL, 
	state VARCHAR(9) NOT NULL, 
	took_place BOOLEAN NOT NULL, 
	option_order JSON NOT NULL, 
	leased_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	opened_at DOUBLE, 
	skip_reason VARCHAR, 
	draft JSON, 
	draft_at DOUBLE, 
	covered JSON NOT NULL, 
	listened_s DOUBLE NOT NULL, 
	fast_s DOUBLE NOT NULL, 
	slow_s DOUBLE NOT NULL, 
	muted_s DOUBLE NOT NULL, 
	hidden_s DOUBLE NOT NULL, 
	CONSTRAINT pk_assignments PRIMARY KEY (id), 
	CONSTRAINT fk_assignments_item_id FOREIGN KEY(item_id) REFERENCES items (id) ON DELETE CASCADE, 
	CONSTRAINT fk_assignments_participant_id FOREIGN KEY(participant_id) REFERENCES participants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_assignments_study_id FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE, 
	CONSTRAINT uq_assignments_participant_id_item_id UNIQUE (participant_id, item_id)
);
INSERT INTO assignments VALUES('2b15fc72f3a8de366cad3afb574a905e','73ffeb11f16a72c04f9cb8e75270ab61','77fe6287c07fcd07d2559dabff7655e4','299515a1a6a5f048fe898f71f6cfdd9a',1,'answered',1,'[3, 1, 0, 2]',1760000000.0,1760000902.0,1760000000.0,NULL,NULL,NULL,'[[0.0, 2.0]]',2.0,0.0,0.0,0.0,0.0);
INSERT INTO assignments VALUES('52c1f17e6a7126a955885de6ca8ef291','73ffeb11f16a72c04f9cb8e75270ab61','4ddb2db87b0eb8a2c4c60e315f94efe0','299515a1a6a5f048fe898f71f6cfdd9a',2,'answered',1,'[1, 0, 2, 3]',1760000007.0,1760000909.0,1760000007.0,NULL,NULL,NULL,'[]',0.0,0.0,0.0,0.0,0.0);
INSERT INTO assignments VALUES('71eecaccf6ee43a26fdcbaccb6ba8426','73ffeb11f16a72c04f9cb8e75270ab61','c3989af2d5f63d875d77b8f27f6d19ac','299515a1a6a5f048fe898f71f6cfdd9a',3,'leased',1,'[3, 1, 0, 2]',1760000014.0,1760000916.0,1760000014.0,NULL,'{"a": [1, null]}',1760000016.0,'[]',0.0,0.0,0.0,0.0,0.0);
CREATE TABLE reviews (
	id VARCHAR(32) NOT NULL, 
	sample_id VARCHAR(32) NOT NULL, 
	reviewer_id VARCHAR(32) NOT NULL, 
	leased_at DOUBLE NOT NULL, 
	expires_at DOUBLE NOT NULL, 
	client_id VARCHAR(64), 
	body_sha256 VARCHAR(64), 
	checks JSON, 
	verdict BOOLEAN, 
	comment VARCHAR NOT NULL, 
	decided_at DOUBLE, 
	CONSTRAINT pk_reviews PRIMARY KEY (id), 
	CONSTRAINT fk_reviews_reviewer_id FOREIGN KEY(reviewer_id) REFERENCES accounts (id) ON DELETE RESTRICT, 
	CONSTRAINT fk_reviews_sample_id FOREIGN KEY(sample_id) REFERENCES verification_samples (id) ON DELETE CASCADE, 
	CONSTRAINT uq_reviews_sample_id_reviewer_id UNIQUE (sample_id, reviewer_id)
);
INSERT INTO reviews VALUES('6f8225c3236d6fea661a6be230c9fdbe','0e75303104638e1c39f22efa8e1b81d7','130c72511b41beb027732b231c8b2be8',1760000021.0,1760003621.0,'client-000000','3cd2062afe096486c8753935356aae569028cc47feb65d13b2b5e02a1d85c38b','{"audio": true, "transcript": true, "duration": true, "no_leak": true}',1,'Seen.',1760000021.0);
INSERT INTO reviews VALUES('a93d242e390b262e9f50c1b6a54d5ef9','446b788eaab055c085eecc1ec942c78c','130c72511b41beb027732b231c8b2be8',1760000021.0,1760003621.0,NULL,NULL,NULL,NULL,'',NULL);
CREATE TABLE answers (
	id VARCHAR(32) NOT NULL, 
	assignment_id VARCHAR(32) NOT NULL, 
	client_id VARCHAR(64) NOT NULL, 
	body_sha256 VARCHAR(64) NOT NULL, 
	revision INTEGER NOT NULL, 
	current BOOLEAN NOT NULL, 
	choice INTEGER, 
	transcript VARCHAR, 
	confidence INTEGER, 
	comment VARCHAR NOT NULL, 
	coverage DOUBLE NOT NULL, 
	elapsed_s DOUBLE NOT NULL, 
	over_time BOOLEAN NOT NULL, 
	saved_at DOUBLE NOT NULL, 
	CONSTRAINT pk_answers PRIMARY KEY (id), 
	CONSTRAINT fk_answers_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignments (id) ON DELETE CASCADE, 
	CONSTRAINT uq_answers_assignment_id_client_id UNIQUE (assignment_id, client_id), 
	CONSTRAINT uq_answers_assignment_id_revision UNIQUE (assignment_id, revision)
);
INSERT INTO answers VALUES('175996c305f58aa6a96c679913577a4b','2b15fc72f3a8de366cad3afb574a905e','client-000001','7d14d3d947ab96e0d5d9dc1d39c178f162fbc23c1eae414341b250f90b482c18',1,1,1,NULL,4,replace('naïve; ''quoted'' "twice"\nsecond line','\n',char(10)),1.0,2.0,0,1760000002.0);
INSERT INTO answers VALUES('ab49cd134c41ed8067d400eb1af96597','52c1f17e6a7126a955885de6ca8ef291','client-000003','2847a55d1b03d61741b754b0e7df181428a673c6963c614c7be0c947d413fddf',1,1,1,NULL,4,replace('naïve; ''quoted'' "twice"\nsecond line','\n',char(10)),0.0,2.0,0,1760000009.0);
CREATE TABLE exclusions (
	id VARCHAR(32) NOT NULL, 
	study_id VARCHAR(32) NOT NULL, 
	participant_id VARCHAR(32) NOT NULL, 
	assignment_id VARCHAR(32), 
	excluded BOOLEAN NOT NULL, 
	reason VARCHAR NOT NULL, 
	decided_by VARCHAR(40) NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_exclusions PRIMARY KEY (id), 
	CONSTRAINT fk_exclusions_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_exclusions_participant_id FOREIGN KEY(participant_id) REFERENCES participants (id) ON DELETE CASCADE, 
	CONSTRAINT fk_exclusions_study_id FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE TABLE flags (
	id VARCHAR(32) NOT NULL, 
	assignment_id VARCHAR(32) NOT NULL, 
	client_id VARCHAR(64) NOT NULL, 
	body_sha256 VARCHAR(64) NOT NULL, 
	fault VARCHAR(40) NOT NULL, 
	comment VARCHAR NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_flags PRIMARY KEY (id), 
	CONSTRAINT fk_flags_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignments (id) ON DELETE CASCADE, 
	CONSTRAINT uq_flags_assignment_id_client_id UNIQUE (assignment_id, client_id)
);
INSERT INTO flags VALUES('f9d47e633c37b71648b7bdbdb3c49226','71eecaccf6ee43a26fdcbaccb6ba8426','client-000005','cf8ec0a950d5432ea69b0381a48dc493d9866615ab82570e361ab89c6e9e710c','audio','It crackles.',1760000021.0);
CREATE TABLE listening_reports (
	id VARCHAR(32) NOT NULL, 
	assignment_id VARCHAR(32) NOT NULL, 
	participant_id VARCHAR(32) NOT NULL, 
	client_id VARCHAR(64) NOT NULL, 
	body_sha256 VARCHAR(64) NOT NULL, 
	page_id VARCHAR(64) NOT NULL, 
	page_offset DOUBLE NOT NULL, 
	page_to DOUBLE NOT NULL, 
	received_at DOUBLE NOT NULL, 
	began_at DOUBLE NOT NULL, 
	ended_at DOUBLE NOT NULL, 
	intervals JSON NOT NULL, 
	CONSTRAINT pk_listening_reports PRIMARY KEY (id), 
	CONSTRAINT fk_listening_reports_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_listening_reports_participant_id FOREIGN KEY(participant_id) REFERENCES participants (id) ON DELETE CASCADE, 
	CONSTRAINT uq_listening_reports_assignment_id_client_id UNIQUE (assignment_id, client_id)
);
INSERT INTO listening_reports VALUES('50ab4ce7b38cc33f8199c73aec76d274','2b15fc72f3a8de366cad3afb574a905e','299515a1a6a5f048fe898f71f6cfdd9a','client-000000','b8c8bf069379844fdb3cef1c39abd587a59eb2655fe2ddc34ee679de826da433','page-0001',1760000000.0,2.0,1760000002.0,1760000000.0,1760000002.0,'[{"start": 0.0, "end": 2.0, "speed": 1.0, "at": 0.0, "muted": false, "hidden": false}]');
CREATE INDEX ix_accounts_secret_hash ON accounts (secret_hash);
CREATE INDEX ix_audit_action ON audit (action);
CREATE INDEX ix_audit_study_id ON audit (study_id);
CREATE INDEX ix_studies_state ON studies (state);
CREATE INDEX ix_invites_study_id ON invites (study_id);
CREATE INDEX ix_items_study_id_kind_free ON items (study_id, kind, free);
CREATE INDEX ix_participants_account_id ON participants (account_id);
CREATE INDEX ix_sessions_account_id ON sessions (account_id);
CREATE INDEX ix_assignments_item_id ON assignments (item_id);
CREATE INDEX ix_assignments_state_expires_at ON assignments (state, expires_at);
CREATE INDEX ix_assignments_study_id ON assignments (study_id);
CREATE INDEX ix_exclusions_study_id ON exclusions (study_id);
CREATE INDEX ix_listening_reports_participant_id_ended_at ON listening_reports (participant_id, ended_at);
CREATE INDEX ix_listening_reports_participant_id_page_id ON listening_reports (participant_id, page_id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
COMMIT;
