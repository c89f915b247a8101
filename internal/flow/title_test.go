package flow

import "testing"

func TestEveryCauseHasATitle(t *testing.T) {
	for _, cause := range Causes() {
		if causeTitles[cause] == "" {
			t.Errorf("%s has no title", cause)
		}
	}
}
