package auvo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ponte/internal/auvo"
	"ponte/internal/record"
)

func TestEachDescribedBodyOfAWebhookIsRead(t *testing.T) {
	task := record.Ref{Kind: record.Task, Side: record.Auvo, ID: "812"}
	customer := record.Ref{Kind: record.Customer, Side: record.Auvo, ID: "55"}
	for body, want := range map[string][]record.Notice{
		`{"result":{"EntityType":"Tarefas","Action":"Alteracao","EntityId":812,"UserAdminId":1,"WebhookId":9,"Date":"2026-03-10T09:00:00","Entities":[{"taskID":812}]}}`: {{Topic: "task/alteracao", Ref: task, Mark: "9@2026-03-10T09:00:00"}},
		`{"EntityType":"Cliente","Action":"Exclusao","EntityId":"55"}`:                                                         {{Topic: "customer/exclusao", Ref: customer, Gone: true}},
		`{"event":"task.created","occurredAt":"2026-03-10T12:00:00Z","deliveryId":"d-1","data":{"taskId":812,"customerId":7}}`: {{Topic: "task/inclusao", Ref: task, Mark: "d-1"}},
		`[{"entityType":7,"action":2,"entityId":55},{"entityType":4,"action":1,"entityId":812}]`:                               {{Topic: "customer/alteracao", Ref: customer}, {Topic: "task/inclusao", Ref: task}},
		`{"entity":"4","action":"3","id":812}`:                                                                                 {{Topic: "task/exclusao", Ref: task, Gone: true}},
		`{"entity":1,"action":1,"id":3}`:                                                                                       {{Topic: "user/inclusao"}},
		`{"event":"api.deprecated","data":{"version":"v2"}}`:                                                                   {{Topic: "api/deprecated"}},
		`{"EntityType":"Tarefas","Action":"Alteracao"}`:                                                                        {{Topic: "task/alteracao"}},
		`{"EntityType":"Tarefas","Action":"Alteracao","EntityId":-4}`:                                                          {{Topic: "task/alteracao"}},
		`{"EntityType":{"a":1},"Action":[],"EntityId":{}}`:                                                                     nil,
		`{}`: nil, `[]`: nil, `null`: nil, `"x"`: nil, `12`: nil, ``: nil, `<html>`: nil, `{"result":`: nil, `[[[[1]]]]`: nil,
	} {
		if diff := cmp.Diff(want, auvo.Notices([]byte(body))); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}
