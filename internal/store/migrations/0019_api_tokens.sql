-- +goose Up
-- Programs that use the API: each has a token, of which the digest alone is kept.
-- scopes is a list with blanks between, accounts one in JSON ('': every account).
create table api_tokens (
    id       text   not null primary key,
    name     text   not null unique check (name <> ''),
    digest   text   not null unique check (digest <> ''),
    scopes   text   not null check (scopes <> ''),
    accounts text   not null,
    made_by  text   not null,
    created  bigint not null,
    expires  bigint not null,
    seen     bigint not null
);

-- What a program asked for under a key of its own, and (status over 0) what it was
-- answered: the row is there before the work, and its answer comes with the work, in
-- one transaction. owner is the request that works at it, until an instant.
create table api_tokens_answers (
    token    text   not null references api_tokens (id) on delete cascade,
    key      text   not null check (key <> ''),
    request  text   not null,
    owner    text   not null,
    until    bigint not null,
    made     bigint not null,
    status   bigint not null,
    answer   text   not null,
    primary key (token, key)
);
create index api_tokens_answers_by_made on api_tokens_answers (made);
