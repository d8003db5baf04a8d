package simulator

import (
	"testing"
)

func TestSmoke(t *testing.T) {
	a := start(t)
	for _, r := range a.query(t, "SELECT id, itemid, displayname, itemtype, isinactive, custitem_rq_category, custitem_rq_break_group, custitem_rq_tags, pricinggroup, averagecost, lastpurchaseprice, cost, leadtime FROM item WHERE id > ? ORDER BY id", "1075") {
		t.Log(r)
	}
	t.Log(a.page(t, "?limit=2", "SELECT internalid, item, pricelevel, currency, quantity, unitprice FROM pricing WHERE internalid > ? ORDER BY internalid", "100"))
	t.Log(a.do(t, "POST", pathEstimate+"?expandSubResources=true", `{"entity":{"id":"4003"},"currency":{"id":"1"},"tranDate":"2026-11-25","item":{"items":[{"item":{"id":"1003"},"quantity":40},{"item":{"id":"1001"},"quantity":40}]}}`, "Accept: application/vnd.oracle.resource+json; type=create-form"))
	t.Log(a.do(t, "PUT", pathEstimate+"/eid:RQ-Q-1001?replace=item", `{"externalId":"RQ-Q-1001","entity":{"id":"4003"},"entityStatus":{"id":"10"},"expectedCloseDate":"2026-12-25","item":{"items":[{"item":{"id":"1003"},"quantity":38,"price":{"id":"-1"},"rate":361.90}]}}`))
	t.Log(a.do(t, "GET", pathEstimate+"/eid:RQ-Q-1001?expandSubResources=true", ``))
	t.Log(a.do(t, "GET", pathCustomer+"/4003?expandSubResources=true", ``))
}
