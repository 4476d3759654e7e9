package mail

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"rapport/mail/internal/learned"
	"slices"
	"strconv"
	"time"
)

// maxAddresses is how many addresses of a relay's name are tried.
const maxAddresses = 4

// hurriedStep is how long a step may take while another address is left; some servers let
// everybody wait for their greeting for half a minute.
const hurriedStep = 35 * time.Second

// open connects, greets, encrypts and logs in. Nothing is at stake before a message is
// named: where an address of the relay fails the next one is tried, then one without
// extensions.
func open(ctx context.Context, s *SMTP, known *learned.Relay) (*session, error) {
	d := dialing{relay: s, known: known, plain: known.WithoutExtensions(), reached: map[netip.Addr]bool{}}
	c, err := d.anyAddress(ctx)
	var e *Error
	if d.plain || !s.oldHello() || !errors.As(err, &e) || e.Step != stepHello || e.Code != 0 || timedOut(err) || ctx.Err() != nil {
		return c, err
	}
	d.plain = true // there are servers that hang up on EHLO
	if c, errOld := d.address(ctx, s.address()); errOld == nil {
		known.UseExtensions(false)
		return c, nil
	}
	return nil, err
}

// oldHello tells whether the relay can be used without any extension.
func (s *SMTP) oldHello() bool { return s.TLS != STARTTLS && s.Username == "" }

// dialing is one search for a connection.
type dialing struct {
	relay   *SMTP
	known   *learned.Relay
	plain   bool
	all     []netip.Addr // what the relay's name stands for, where that is several
	reached map[netip.Addr]bool
	hurry   bool // another address is left
}

// anyAddress tries the address that worked last, else what the system thinks best, then
// each other address of the name. Of several errors the one that came furthest stands.
func (d *dialing) anyAddress(ctx context.Context) (*session, error) {
	d.all = d.relay.addresses(ctx)
	tries := []string{d.relay.address()}
	if last := d.known.LastAddress(); slices.Contains(d.all, last) {
		tries[0] = net.JoinHostPort(last.String(), d.relay.port())
	}
	for _, a := range d.all {
		tries = append(tries, net.JoinHostPort(a.String(), d.relay.port()))
	}
	var furthest *Error
	for _, address := range tries {
		if at, err := netip.ParseAddrPort(address); err == nil && d.reached[at.Addr()] {
			continue
		}
		d.hurry = len(d.all) > len(d.reached)+1
		c, err := d.address(ctx, address)
		var e *Error
		if err == nil || !errors.As(err, &e) {
			return c, err
		}
		if furthest == nil || progress(e) > progress(furthest) {
			furthest = e
		}
		if ctx.Err() != nil || e.Step == stepLogin && e.Code/100 != 4 {
			break // the next address has the same users
		}
	}
	return nil, furthest
}

// progress is how far a connection came before it failed.
func progress(e *Error) int {
	for i, step := range []string{stepConnect, stepHello, stepStartTLS, stepLogin} {
		if e.Step == step {
			return 2*i + min(e.Code, 1)
		}
	}
	return 0
}

// address connects to one address. A relay that hangs up on a login that it refuses is
// asked again for the mechanisms that are left.
func (d *dialing) address(ctx context.Context, address string) (c *session, err error) {
	var tried []string
	for {
		c, err := d.once(ctx, address, tried)
		var e *Error
		if !errors.As(err, &e) || len(e.tried) <= len(tried) {
			return c, err
		}
		tried = e.tried
	}
}

func (d *dialing) once(ctx context.Context, address string, tried []string) (*session, error) {
	c := &session{dialogue: dialogue{relay: d.relay, limits: d.relay.Timeouts.withDefaults(), ctx: ctx}, plain: d.plain}
	if err := c.readSecret(); err != nil {
		return nil, c.newError(stepLogin, err)
	}
	if err := d.connect(c, address); err != nil {
		return nil, c.newError(stepConnect, err)
	}
	c.attach(ctx)
	for _, step := range []struct {
		name string
		do   func() error
	}{{stepConnect, c.readGreeting}, {stepHello, c.hello}, {stepStartTLS, c.encrypt}, {stepLogin, func() error { return c.login(d.known, tried) }}} {
		limit := c.limits.Command
		if d.hurry && step.name != stepLogin {
			limit = min(limit, hurriedStep)
		}
		if err := c.step(step.name, limit, step.do); err != nil {
			c.close()
			return nil, err
		}
	}
	stated, _ := c.statedSize()
	d.known.Remember(c.remote(), stated)
	return c, nil
}

func (d *dialing) connect(c *session, address string) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.limits.Connect)
	defer cancel()
	dial := d.relay.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		tried := d.all // the dialer of a name tries each
		if at, err := netip.ParseAddrPort(address); err == nil {
			tried = []netip.Addr{at.Addr()}
		}
		for _, a := range tried {
			d.reached[a] = true
		}
		return err
	}
	c.conn = &limitedConn{Conn: conn}
	d.reached[c.remote()] = true
	if c.relay.TLS == None && !loopback(conn.RemoteAddr()) {
		conn.Close()
		return errNotLoopback
	}
	return nil
}

// remote is the relay's address; the zero one where that is not known.
func (c *dialogue) remote() netip.Addr {
	if tcp, ok := c.conn.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

var errNotLoopback = errors.New("tls: none is for a relay on this machine, at a loopback address")

func loopback(address net.Addr) bool {
	tcp, ok := address.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// addresses are all that the relay's name has, where it has several.
func (s *SMTP) addresses(ctx context.Context) []netip.Addr {
	lookup := s.lookup
	if _, err := netip.ParseAddr(s.Host); err == nil || lookup == nil && s.dial != nil {
		return nil
	}
	if lookup == nil {
		lookup = net.DefaultResolver.LookupNetIP
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeouts.withDefaults().Connect)
	defer cancel()
	all, err := lookup(ctx, "ip", s.Host)
	if err != nil || len(all) < 2 { // what is wrong with the name is said when it is dialled
		return nil
	}
	all = all[:min(len(all), maxAddresses)]
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all
}

// port is the port in digits.
func (s *SMTP) port() string {
	port := s.Port
	if port == 0 {
		port = map[TLS]int{STARTTLS: 587, Implicit: 465, None: 25}[s.TLS]
	}
	return strconv.Itoa(port)
}

// address is the relay as errors name it: host:port.
func (s *SMTP) address() string { return net.JoinHostPort(s.Host, s.port()) }
