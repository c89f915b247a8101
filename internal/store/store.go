// Package store keeps what Ponte knows, and holds its only SQL: one text that
// runs unchanged on SQLite (one file, the default) and on PostgreSQL. It calls
// no vendor and decides nothing.
//
// A public method is one transaction and one question. A write under a Lease
// looks at the lease's epoch inside its transaction, so that a worker that
// lost the account can write nothing (P1): it gets ErrLeaseLost.
//
// The tables, all but the last twenty-one per account:
//
//	accounts    name and settings, without secrets       SaveAccount, ChangeAccounts, SetPaused, RemoveAccount
//	secrets     sealed credentials                       SaveAccount, SaveCredentials, Reseal
//	leases      who may write, with an epoch             Acquire, Renew, Release
//	sequences   the last number given to a row           every write that adds rows
//	runs        the passes over the flows                StartRun, FinishRun
//	flow_runs   per flow the newest run that has it      StartRun, FinishRun
//	marks       named values of the engine               SetMark
//	cursors     how far each feed was read               SavePage
//	items       what a side holds of a record            SavePage, MarkMissing, Redecide…, Wake, Decide, Settle
//	item_keys   what an item is found by                 SavePage, Settle
//	links       records that are the same, with the base Decide, Settle
//	lives       epochs of a source's orders, and undone  Decide, Settle
//	changes     the ledger: outward writes               Decide, Send, Settle, RetryWaits
//	unclear     writes whose outcome nobody knew         Settle
//	waits       what waits for a person                  Decide, Settle
//	ignores     waits that a person keeps out of sight   Ignore, EndIgnores, RetryWaits, Decide, Settle
//	wait_needs  the tokens that wake a waiting record    Decide, Settle
//	conflicts   fields changed on both sides             Decide
//	holds       plans that a brake holds                 SaveHold, DropHold, ReleaseHold
//	events      each record's history                    SavePage, Decide, Settle, AddEvents
//	sweeps      what whole reads found that windows had not told   AddSweep
//	recoveries  that the database was put back, until read again   Open, Acquire, EndRecovery
//	readings    lists that a run gave up in the middle   SavePage
//	schedules   when each account is due, its job        the queue's methods (schedule.go)
//	hooks       how each side is heard                   SetHook, RegisteredHook, AddHints
//	hooks_kinds how each kind of it is announced         AddHints, SavePage
//	hints       what hooks said: read this again         AddHints, SavePage, SettleHints
//	coverage    changes found, and announced by hooks    SavePage
//	alerts      what was found wrong, until when         Watch
//	messages    what people were told of it, and when    Watch, AddMessages, BeginMessage, EndMessage
//	drafts      accounts that a person is putting together  AddDraft, ChangeDraft, Activate
//	drafts_secrets  their credentials, sealed            ChangeDraft, Reseal
//	drafts_works what a worker was asked for them         AskWork, EndWork
//	accounts_works what it was asked for accounts        AskWork…, EndWork, Activate, ForgetAnswers
//	erasures    requests to be erased; outlive the account BeginErasure, EraseCustomers, EndErasure, LiftErasure
//	erased      customers that are not taken in again    BeginErasure, LiftErasure, RemoveAccount
//	faults      a key's faulted answers                  Memory
//	blocks      until when a key is refused              Memory
//	paces       how much of its rate a key uses          Memory
//	made        recent requests of a key                 Memory
//	tokens      sealed logins                            Memory, Reseal
//	workers     the processes that work, their budgets    SaveWorker, Govern
//	governor    by how much all intervals are stretched  Govern
//	backups     that this file is one                    Backup, Open
//	people      who may look and act                     AddPerson, SetRoles, SetPassword, RemovePerson, Accept…, BindSubject, BindOwnSubject
//	people_roles what they are to some accounts          AddPerson, SetRoles
//	people_totp the second step of their sign-in, sealed BeginTOTP, ConfirmTOTP, UseTOTP, DropTOTP, Reseal
//	people_codes its recovery codes, by digest           ConfirmTOTP, SetRecoveryCodes, UseRecoveryCode, DropTOTP
//	passages    sign-ins of which a step is missing      AddPassage, EndPassage, RemovePerson
//	installation how the whole installation is set       SetInstallation
//	invitations ways in that work once                   Invite, CancelInvitation, Accept…, SetPassword, RemovePerson
//	sessions    browsers in which a person signed in     StartSession, SeeSession, RotateSession, ProveSession, End…
//	attempts    to sign in                               Attempt, ForgetAttempts
//	api_tokens  programs that use the API                AddAPIToken, SeeAPIToken, RevokeAPIToken
//	api_tokens_answers  what they asked for under a key, and were told   Claim, Answer, Unclaim, ForgetAnswers
//	acts        what people did, for good                AddAct, every write with an act (WithAct)
//	acts_head   the end of their chain                   as acts
//
// Every item is dirty (to be decided), or not. What makes it dirty: a new or
// changed row that is carried over, a wake by a token that one of its waits
// needs, and Redecide. What ends it: Decide.
package store
