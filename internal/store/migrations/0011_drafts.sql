-- +goose Up
-- Accounts that a person is still putting together in the assistant. Nothing runs
-- them; activation makes one an account, under the same id. Their settings may lack
-- what an account must have. (A backup copies tables by name: parents sort first.)
create table drafts (
    draft    text   not null primary key check (draft <> ''),
    settings text   not null,
    tests    text   not null,
    version  bigint not null,
    created  bigint not null,
    updated  bigint not null
);

create table drafts_secrets (
    draft  text  not null references drafts (draft) on delete cascade,
    name   text  not null,
    sealed bytea not null,
    primary key (draft, name)
);

-- What a worker was asked to read for a draft, and what it found. number: of the
-- newest asking; done: of the one that answer is for. about: what it was asked for.
create table drafts_works (
    draft    text   not null references drafts (draft) on delete cascade,
    work     text   not null check (work <> ''),
    number   bigint not null,
    asked    bigint not null,
    about    text   not null,
    done     bigint not null,
    ended    bigint not null,
    answered text   not null,
    said     text   not null,
    answer   text   not null,
    primary key (draft, work)
);
