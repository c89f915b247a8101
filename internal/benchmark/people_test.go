package benchmark

import (
	"fmt"
	"time"

	"ponte/internal/auvo/auvosim"
	"ponte/internal/omie/omiesim"
)

var saoPaulo = func() *time.Location {
	place, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic(err)
	}
	return place
}()

func auvoCustomer(n int, external string, changed time.Time) auvosim.Record {
	return auvosim.Record{
		"id": 1000 + n, "description": customerName(n), "cpfCnpj": cnpj(n), "active": true, "phoneNumber": []string{phone(n)},
		"externalId": external, "dateLastUpdate": changed.In(saoPaulo).Format("2006-01-02T15:04:05"),
	}
}

func omieCustomer(n int, changed time.Time) omiesim.Record {
	return omiesim.Record{
		"codigo_cliente_omie": firstOmie + int64(n), "razao_social": customerName(n), "nome_fantasia": customerName(n), "cnpj_cpf": cnpj(n), "inativo": "N",
		"telefone1_ddd": phone(n)[:2], "telefone1_numero": phone(n)[2:], "tags": []any{map[string]any{"tag": "Cliente"}}, "info": omieInfo(changed),
	}
}

const firstOmie = 7_000_100_000

func customerName(n int) string { return fmt.Sprintf("CLIENTE %05d LTDA", n) }
func phone(n int) string        { return fmt.Sprintf("41%08d", 30000000+n) }

func omieInfo(changed time.Time) map[string]any {
	at := changed.In(saoPaulo)
	day, hour := at.Format("02/01/2006"), at.Format("15:04:05")
	return map[string]any{"dAlt": day, "hAlt": hour, "dInc": day, "hInc": hour}
}

// cnpj returns a valid CNPJ for a number.
func cnpj(n int) string {
	base := fmt.Sprintf("%08d0001", n+10_000_000)
	first := checkDigit(base)
	return base + first + checkDigit(base+first)
}

func checkDigit(figures string) string {
	sum, weight := 0, 2
	for i := len(figures) - 1; i >= 0; i-- {
		sum += int(figures[i]-'0') * weight
		if weight++; weight > 9 {
			weight = 2
		}
	}
	if rest := sum % 11; rest >= 2 {
		return fmt.Sprint(11 - rest)
	}
	return "0"
}

const firstProduct = 7_000_200_000

func omieProduct(n int, changed time.Time) omiesim.Record {
	return omiesim.Record{
		"codigo_produto": int64(firstProduct + n), "codigo": sku(n), "descricao": fmt.Sprintf("Peça %05d", n), "unidade": "UN", "ncm": "8421.39.90",
		"valor_unitario": 10, "inativo": "N", "info": omieInfo(changed),
	}
}

func auvoProduct(n int) auvosim.Record {
	return auvosim.Record{"code": 4000 + n, "externalId": sku(n), "name": fmt.Sprintf("Peça %05d", n), "unitaryValue": 10, "totalStock": 5, "active": true}
}

func sku(n int) string { return fmt.Sprintf("SKU%05d", n) }

// openTask is a task of that day that nobody has begun.
func openTask(n int, day time.Time) auvosim.Record {
	at := day.In(saoPaulo)
	return auvosim.Record{
		"taskID": 800 + n, "customerId": 1000 + n, "taskType": 7001, "idUserFrom": 501, "idUserTo": 502, "taskStatus": 1,
		"orientation": fmt.Sprintf("Visita %d", n), "taskDate": at.Format("2006-01-02T08:00:00"), "dateLastUpdate": at.Format("2006-01-02T15:04:05"),
	}
}
