package auvosim

import "net/http"

// kinds lists all that a Sim holds, in the order of Data.
func kinds() []*kind {
	return []*kind{
		customers(), groups(), users(), taskTypes(), products(), services(),
		tasks(), deletedTasks(), quotations(), additionalCosts(), webhooks(),
	}
}

// groups is /customergroups: no paging, and neither PUT nor PATCH (auvo-api.md §5.1).
func groups() *kind {
	return &kind{
		data: "groups", path: "customergroups", one: "CustomerGroup", id: "id", first: 301,
		empty: http.StatusOK, unpaged: true, required: []string{"description"},
		members: []member{
			{name: "id", shape: integer},
			{name: "description", ways: post, most: 255},
		},
		filters: []filter{equals("id", "id"), contains("description", "description")},
		render: func(_ *Sim, r Record, v view) Record {
			if v == written { // live answer of POST (§3.3)
				return Record{"clientGroupSearchReturn": map[string]any(r)}
			}
			return r
		},
	}
}

// users is /users, in the words seen live, for reading (auvo-api.md §5.4).
func users() *kind {
	return &kind{
		data: "users", path: "users", one: "User", id: "userID", first: 501,
		created: "registrationDate", empty: http.StatusNotFound,
		members: []member{
			{name: "userID", shape: integer},
			{name: "externalId", most: 255},
			{name: "name", most: 100},
			{name: "smartPhoneNumber", most: 45},
			{name: "login", most: 45},
			{name: "email", most: 100},
			{name: "culture", most: 10, zero: "pt-BR"},
			{name: "jobPosition", most: 250},
			{name: "userType", shape: object, zero: map[string]any{"userTypeId": whole(1), "description": "User"}},
			{name: "hourValue", shape: number},
			{name: "valueKMTraveled", shape: number},
			{name: "unavailableForTasks", shape: boolean},
			{name: "pictureUrl"},
			{name: "registrationDate", shape: moment},
		},
		filters: []filter{
			equals("userId", "userID"), contains("name", "name"), equals("smartPhoneNumber", "smartPhoneNumber"),
			{name: "userType", match: func(_ *Sim, r Record, v any) bool {
				return r.Object("userType").Text("userTypeId") == scalar(v)
			}},
			oneOf("externalId", "externalId"),
		},
	}
}

// taskTypes is /tasktypes, whose PATCH answers 200 without effect (auvo-api.md §5.3).
func taskTypes() *kind {
	return &kind{
		data: "tasktypes", path: "tasktypes", one: "TaskType", id: "id", first: 7001,
		created: "creationDate", empty: http.StatusNotFound, required: []string{"description"}, inert: true,
		members: []member{
			{name: "id", shape: integer},
			{name: "description", ways: both, most: 5000},
			{name: "creatorId", shape: integer, zero: whole(501)},
			{name: "creationDate", shape: moment},
			{name: "standartTime", ways: both, zero: "00:00:00"},
			{name: "standartQuestionnaireId", shape: object, ways: post | dropped},
			{name: "sendSatisfactionSurvey", shape: boolean, ways: both},
			{name: "sendDigitalOs", shape: boolean, ways: both},
			{name: "active", shape: boolean, ways: both, zero: true},
			{name: "requirements", shape: object, ways: post},
		},
		filters: []filter{equals("id", "id"), contains("description", "description")},
	}
}

// additionalCosts is /additionalcosts: list, POST and PUT by id only (auvo-api.md §7.2).
func additionalCosts() *kind {
	return &kind{
		data: "additionalcosts", path: "additionalcosts", one: "AdditionalCost", id: "id", first: 901,
		created: "registerDate", layout: spacedLayout, empty: http.StatusOK, required: []string{"name"},
		members: []member{
			{name: "id", shape: integer},
			{name: "name", ways: post},
			{name: "value", shape: number, ways: post},
			{name: "registerDate"},
		},
	}
}

// costGUID is the name that tasks give to an additional cost (auvo-api.md §7.2).
func costGUID(cost Record) string { return guid("additionalcosts", cost.Int("id")) }

// seedDefaults gives a zero Sim what every account has.
func (s *Sim) seedDefaults() {
	s.seedRows("users", []Record{
		{
			"userID": whole(501), "name": "Ana Souza", "login": "ana", "email": "ana@exemplo.test",
			"userType": map[string]any{"userTypeId": whole(3), "description": "Administrator"},
		},
		{"userID": whole(502), "name": "Beto Lima", "login": "beto", "email": "beto@exemplo.test"},
		{"userID": whole(503), "name": "Carla Dias", "login": "carla", "email": "carla@exemplo.test"},
	})
	s.seedRows("groups", []Record{
		{"id": whole(301), "description": "Contrato"},
		{"id": whole(302), "description": "Avulso"},
	})
	s.seedRows("tasktypes", []Record{
		{"id": whole(7001), "description": "Corretiva"},
		{"id": whole(7002), "description": "Preventiva"},
		{"id": whole(7003), "description": "Instalação"},
	})
}
