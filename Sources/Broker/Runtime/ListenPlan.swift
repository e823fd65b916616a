/// The sockets to open for the addresses at which a broker is asked to listen. A value: names are looked up already.
struct ListenPlan: Equatable {
    /// One socket.
    struct Listener: Equatable {
        /// The address in numbers.
        var address: Endpoint
        /// Whether an IPv6 socket takes no IPv4 clients, because another socket does on this port.
        var takesOnlyIPv6 = false
    }

    /// The sockets for one address that is asked for: several if a name has several addresses.
    struct Group: Equatable {
        var asked: Endpoint
        var listeners: [Listener]
    }

    private(set) var groups: [Group] = []

    /// - Parameter resolved: For each address that is asked for, its addresses in numbers.
    /// - Throws: ``BrokerStartError/overlapping(_:_:)``, if one socket would have to take the clients of another. An
    ///   address that is asked for twice is opened once.
    init(_ resolved: [(asked: Endpoint, hosts: [String])]) throws(BrokerStartError) {
        var all: [Endpoint] = []
        for (asked, hosts) in resolved {
            let addresses = hosts.map { Endpoint(host: $0, port: asked.port) }
                .filter { $0.port == 0 || !all.contains($0) }
            all += addresses
            groups.append(Group(asked: asked, listeners: addresses.map { Listener(address: $0) }))
        }
        for group in groups.indices {
            for index in groups[group].listeners.indices {
                let address = groups[group].listeners[index].address
                guard address.isEveryAddress, address.port > 0 else { continue }
                let neighbours = all.filter { $0.port == address.port && $0 != address }
                if let other = neighbours.first(where: { $0.isIPv6 == address.isIPv6 }) {
                    throw .overlapping(address, other)
                }
                groups[group].listeners[index].takesOnlyIPv6 = address.isIPv6 && !neighbours.isEmpty
            }
        }
    }
}

extension Endpoint {
    fileprivate var isIPv6: Bool { host.contains(":") }
    /// Whether it stands for all addresses of the machine.
    fileprivate var isEveryAddress: Bool { host == "0.0.0.0" || host == "::" }
}
