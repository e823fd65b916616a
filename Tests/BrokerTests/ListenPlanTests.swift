import Testing

@testable import ZaichikBroker

@Suite("The sockets for the addresses that are asked for")
struct ListenPlanTests {
    private func plan(_ asked: (String, Int, [String])...) throws(BrokerStartError) -> [[ListenPlan.Listener]] {
        try ListenPlan(asked.map { (asked: Endpoint(host: $0.0, port: $0.1), hosts: $0.2) }).groups.map(\.listeners)
    }

    private func listener(_ host: String, _ port: Int = 8889, onlyIPv6: Bool = false) -> ListenPlan.Listener {
        ListenPlan.Listener(address: Endpoint(host: host, port: port), takesOnlyIPv6: onlyIPv6)
    }

    @Test("a name gets a socket for each of its addresses")
    func name() throws {
        #expect(
            try plan(("dual", 8889, ["::1", "127.0.0.1"])) == [[listener("::1"), listener("127.0.0.1")]])
    }

    @Test("an address that is asked for twice is opened once, whatever it is called; any free port is another one")
    func twice() throws {
        #expect(
            try plan(
                ("127.0.0.1", 8889, ["127.0.0.1"]), ("127.0.0.1", 8889, ["127.0.0.1"]),
                ("localhost", 8889, ["::1", "127.0.0.1"]), ("127.0.0.1", 8890, ["127.0.0.1"]))
                == [[listener("127.0.0.1")], [], [listener("::1")], [listener("127.0.0.1", 8890)]])
        #expect(
            try plan(("127.0.0.1", 0, ["127.0.0.1"]), ("127.0.0.1", 0, ["127.0.0.1"]))
                == [[listener("127.0.0.1", 0)], [listener("127.0.0.1", 0)]])
    }

    @Test("every IPv6 address includes the IPv4 ones, unless these have a socket of their own on the port")
    func every() throws {
        #expect(try plan(("::", 8889, ["::"])) == [[listener("::")]])
        #expect(
            try plan(("::", 8889, ["::"]), ("127.0.0.1", 8889, ["127.0.0.1"]))
                == [[listener("::", onlyIPv6: true)], [listener("127.0.0.1")]])
        #expect(
            try plan(("0.0.0.0", 8889, ["0.0.0.0"]), ("::", 8889, ["::"]), ("10.0.0.1", 8890, ["10.0.0.1"]))
                == [[listener("0.0.0.0")], [listener("::", onlyIPv6: true)], [listener("10.0.0.1", 8890)]])
    }

    @Test("every address and one of them, on the same port, is an error that names both", arguments: [true, false])
    func overlapping(everyFirst: Bool) {
        for (every, one) in [("0.0.0.0", "127.0.0.1"), ("::", "::1")] {
            let asked = [(every, 8889, [every]), (one, 8889, [one])]
            #expect(
                throws: BrokerStartError.overlapping(
                    Endpoint(host: every, port: 8889), Endpoint(host: one, port: 8889))
            ) { try everyFirst ? plan(asked[0], asked[1]) : plan(asked[1], asked[0]) }
        }
    }
}
