package fetch

// scan reads what the tags of the raw types tell the library to read.
func (r *rawTransaction) scan(s *scanner) {
	for more := s.open('{'); more && s.member(); {
		switch string(s.name) {
		case "id":
			s.leaf(&r.ID)
		case "merchant_reference":
			s.leaf(&r.MerchantReference)
		case "merchant_reference_2":
			s.leaf(&r.MerchantReference2)
		case "payment_product":
			s.leaf(&r.Product)
		case "payment_product_type":
			s.leaf(&r.ProductType)
		case "card":
			r.Card.scan(s)
		case "status":
			s.leaf(&r.Status)
		case "store":
			r.Store.scan(s)
		case "payout_destination_id":
			s.leaf(&r.PayoutDestination)
		case "amount":
			s.leaf(&r.Amount)
		case "currency":
			s.leaf(&r.Currency)
		case "created_at":
			s.instant(&r.CreatedAt)
		case "updated_at":
			s.instant(&r.UpdatedAt)
		case "items":
			r.Items = scanLines(s, r.Items)
		case "shipping_option":
			r.ShippingOption.scan(s)
		case "events":
			r.Events = scanEvents(s, r.Events)
		default:
			s.skip()
		}
	}
}

func (r *rawCard) scan(s *scanner) {
	for more := s.open('{'); more && s.member(); {
		switch string(s.name) {
		case "brand":
			s.leaf(&r.Brand)
		default:
			s.skip()
		}
	}
}

func (r *rawStore) scan(s *scanner) {
	for more := s.open('{'); more && s.member(); {
		switch string(s.name) {
		case "id":
			s.leaf(&r.ID)
		case "name":
			s.leaf(&r.Name)
		case "payout_destination_id":
			s.leaf(&r.PayoutDestination)
		default:
			s.skip()
		}
	}
}

func scanLines(s *scanner, list []rawLine) []rawLine {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = another(list)
		r := &list[len(list)-1]
		*r = rawLine{Splits: r.Splits[:0]}
		r.scan(s)
	}
	return list
}

func (r *rawLine) scan(s *scanner) {
	for more := s.open('{'); more && s.member(); {
		switch string(s.name) {
		case "line_id":
			s.leaf(&r.ID)
		case "amount":
			s.leaf(&r.Amount)
		case "splits":
			r.Splits = scanSplits(s, r.Splits)
		default:
			s.skip()
		}
	}
}

func scanSplits(s *scanner, list []rawSplit) []rawSplit {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = append(list, rawSplit{})
		r := &list[len(list)-1]
		for more := s.open('{'); more && s.member(); {
			switch string(s.name) {
			case "payout_destination_id":
				s.leaf(&r.PayoutDestination)
			case "amount":
				s.leaf(&r.Amount)
			default:
				s.skip()
			}
		}
	}
	return list
}

func scanEvents(s *scanner, list []rawEvent) []rawEvent {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = another(list)
		r := &list[len(list)-1]
		*r = rawEvent{Splits: r.Splits[:0], Lines: r.Lines[:0], Settlements: rawSettlements{r.Settlements.Events[:0]}}
		r.scan(s)
	}
	return list
}

func (r *rawEvent) scan(s *scanner) {
	for more := s.open('{'); more && s.member(); {
		switch string(s.name) {
		case "id":
			s.leaf(&r.ID)
		case "request_id":
			s.leaf(&r.RequestID)
		case "event":
			s.leaf(&r.Type)
		case "transaction_status":
			s.leaf(&r.Status)
		case "success":
			s.leaf(&r.Success)
		case "amount":
			s.leaf(&r.Amount)
		case "calculated_vat_amount":
			s.leaf(&r.VAT)
		case "event_reference":
			s.leaf(&r.Reference)
		case "created_at":
			s.instant(&r.CreatedAt)
		case "splits":
			r.Splits = scanSplits(s, r.Splits)
		case "items":
			r.Lines = scanLines(s, r.Lines)
		case "settlements":
			r.Settlements.scan(s)
		default:
			s.skip()
		}
	}
}

func (r *rawSettlements) scan(s *scanner) {
	for more := s.open('{'); more && s.member(); {
		switch string(s.name) {
		case "events":
			r.Events = scanSettlements(s, r.Events)
		default:
			s.skip()
		}
	}
}

func scanSettlements(s *scanner, list []rawSettlement) []rawSettlement {
	list = list[:0]
	for more := s.open('['); more && s.element(); {
		list = append(list, rawSettlement{})
		r := &list[len(list)-1]
		for more := s.open('{'); more && s.member(); {
			switch string(s.name) {
			case "settlement_id":
				s.leaf(&r.ID)
			case "fee":
				s.leaf(&r.Fee)
			default:
				s.skip()
			}
		}
	}
	return list
}

// another makes the list one longer; the element keeps what it held, for its arrays.
func another[T any](list []T) []T {
	if len(list) < cap(list) {
		return list[:len(list)+1]
	}
	var none T
	return append(list, none)
}
