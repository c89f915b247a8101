-- +goose Up
-- Who may look and act, and how they are known again. Passwords are Argon2id;
-- of tokens only the digest is kept, so that a copy of the database opens no door.

create table people (
    id       text   not null primary key,
    email    text   not null unique check (email <> ''),
    name     text   not null,
    role     text   not null check (role in ('administrator', 'operator', 'reader')),
    password text   not null,
    created  bigint not null,
    changed  bigint not null
);

-- A way in that works once: person '' is for the first administrator.
create table invitations (
    person  text   not null primary key,
    digest  text   not null unique,
    expires bigint not null
);

-- before: the digest that the last rotation replaced, good for a moment more.
create table sessions (
    id      text   not null primary key,
    person  text   not null references people (id) on delete cascade,
    digest  text   not null unique,
    before  text   not null,
    rotated bigint not null,
    created bigint not null,
    seen    bigint not null,
    expires bigint not null,
    agent   text   not null,
    address text   not null,
    notice  text   not null
);
create index sessions_by_before on sessions (before);
create index sessions_by_person on sessions (person);

-- Attempts to sign in, by a digest of who and from where, since an instant.
create table attempts (
    key   text   not null primary key,
    tries bigint not null,
    since bigint not null
);

-- What pages ask: a day's and a week's changes, waits by cause, records by a
-- value and by words of their title, without reading the rows themselves; and a
-- record's lines in their order, without looking at everybody's.
create index changes_by_settled on changes (account, settled, flow, action, state);
create index changes_by_run on changes (account, run, id);
create index waits_by_cause on waits (account, cause, seq);
create index item_keys_by_value on item_keys (account, value, kind, side, id);
create index items_by_title on items (account, folded, side, kind, id);
drop index events_by_ref;
create index events_by_ref on events (account, kind, side, id, seq);
drop index waits_by_ref;
create index waits_by_ref on waits (account, kind, side, id, seq);
