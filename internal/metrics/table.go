package metrics

// gauge is a line of what is read in the database; its name stands without ponte_.
type gauge struct {
	name   string
	help   string
	labels []string
}

var gauges = []gauge{
	{"freshness_seconds", "Age of the newest instant before which all of a flow's changes were processed; of the account, where a source of it never was read.", []string{"account", "flow"}},
	{"unread_seconds", "How long a flow's sources were not read to their end though they could have been: less than freshness_seconds while a cycle is at work or due, measured from its last slice.", []string{"account", "flow"}},
	{"interval_seconds", "The pause between the starts of two cycles that an account asks for.", []string{"account"}},
	{"interval_in_force_seconds", "The pause that the account's cycles have: longer where all are stretched, shorter while its hook is silent.", []string{"account"}},
	{"account_paused", "Whether a person paused the account.", []string{"account"}},
	{"run_seconds", "How long the newest finished run took, from its first slice to its last.", []string{"account"}},
	{"run_finished_timestamp_seconds", "When the newest finished run ended.", []string{"account"}},
	{"run_complete", "Whether the newest finished run read every flow to its end.", []string{"account"}},
	{"changes", "Changes in the ledger by state.", []string{"account", "state"}},
	{"waiting", "Records that wait for a person.", []string{"account", "flow", "cause"}},
	{"waiting_ignored", "Records whose wait a person ignores for now.", []string{"account", "flow", "cause"}},
	{"waiting_oldest_seconds", "How long the record that waits longest has waited.", []string{"account", "flow", "cause"}},
	{"held_changes", "Changes that a brake holds until a person releases them.", []string{"account", "flow", "brake"}},
	{"drift_records", "Records that the newest whole sweep found and the source's windows had not told; should be 0.", []string{"account", "source"}},
	{"hints_open", "What hooks announced and no run has read yet.", []string{"account"}},
	{"hook_heard_timestamp_seconds", "When a side's hook was last heard about a kind of record; 0 never.", []string{"account", "side", "kind"}},
	{"hook_silent", "Whether nothing is heard of a kind, or no more, though somebody calls the hook and there was something to say.", []string{"account", "side", "kind"}},
	{"hook_changes_found", "Changes of a side's kind of record found in seven days, by whatever means.", []string{"account", "side", "kind"}},
	{"hook_changes_announced", "How many of the changes found in seven days the side's hook had announced.", []string{"account", "side", "kind"}},
	{"key_refused", "Whether the account's newest finished run met a key that its vendor does not accept.", []string{"account", "side"}},
	{"key_blocked_until_timestamp_seconds", "Until when the vendor refuses the account's key; 0 while it does not.", []string{"account", "side"}},
	{"key_pace", "The share of its rate that the account's key uses: less than 1 while other software uses it, too.", []string{"account", "side"}},
	{"faults", "Faults of a method in half an hour: at 5 Ponte pauses it, at 10 Omie blocks the key.", []string{"account", "side", "method"}},
	{"stretch_factor", "By how much all intervals are stretched so that the cycles fit into what the workers' IPs carry; 1: not.", nil},
	{"stretch_load", "What all cycles would take of the shortest budget at their own intervals; over 1 is too much.", nil},
	{"accounts_due", "Accounts that have something to do and no worker.", nil},
	{"accounts_working", "Accounts that a worker works for.", nil},
	{"cycle_late_seconds", "How long the account that waits longest has waited for a worker: since its cycle was due, or since the last slice of its run; 0 while none waits.", nil},
	{"queue_jobs", "Jobs on the queue by River's state; finished ones are kept for an hour.", []string{"state"}},
	{"backup_made_timestamp_seconds", "When the newest copy in this process's backup folder was made; 0 never. Only with PONTE_BACKUP_DIR.", nil},
	{"database_up", "Whether the database could be counted.", nil},
	{"database_count_seconds", "How long counting it took.", nil},
}
