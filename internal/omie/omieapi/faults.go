package omieapi

import (
	"strings"
	"time"

	"ponte/internal/call"
	"ponte/internal/phrasebook"
)

// blockLength is how long Omie blocks a key (§2.1).
const blockLength = 30 * time.Minute

// classifyFault fills e from a fault's text, by the phrasebook. The status decides
// alone where it is 403 or 425 (§1.3).
func classifyFault(e *call.Error, isWrite bool, text string, now time.Time) {
	v := phrasebook.Omie.Read(phrasebook.Said{Op: e.Op, Write: isWrite, Status: e.Status, Code: e.Code, Text: text, Now: now.In(SaoPaulo)})
	e.Field = v.Field
	switch {
	case e.Status == 401 || e.Status == 403:
		e.Reaction = call.Credentials
	case e.Status == 425, strings.Contains(strings.ToLower(e.Code), "misuse_api_process"):
		e.Reaction, e.Wait = call.Blocked, orElse(v.Asks, blockLength)
	default:
		e.Reaction, e.Cause, e.ID, e.Ours, e.Wait = v.Reaction, v.Cause, v.ID, v.Ours, v.Wait
	}
}

// refuse leaves e to a person, under the cause that the text names.
func refuse(e *call.Error, text string) {
	v := phrasebook.Omie.Read(phrasebook.Said{Op: e.Op, Write: true, Text: text, Refused: true})
	e.Reaction, e.Cause = v.Reaction, v.Cause
}
