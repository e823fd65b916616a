import Glibc

/// The names and addresses of this machine.
enum ThisMachine {
    /// Whether a name or an address means this machine: all its addresses are loopback or this machine's own.
    static func isCalled(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == name { return true }
        let meant = addresses(of: host)
        let own = ownAddresses.union(["0.0.0.0", "::"])
        return !meant.isEmpty && meant.allSatisfy { own.contains($0) || $0.hasPrefix("127.") || $0 == "::1" }
    }

    /// Whether an address can be reached from this machine only.
    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        return host == "localhost" || host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
    }

    private static var name: String {
        var bytes = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        guard gethostname(&bytes, bytes.count) == 0 else { return "" }
        return text(bytes).lowercased()
    }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func addresses(of host: String) -> Set<String> {
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var texts: Set<String> = []
        var next = found
        while let info = next?.pointee {
            if let address = info.ai_addr, let text = text(address, info.ai_addrlen) { texts.insert(text) }
            next = info.ai_next
        }
        return texts
    }

    private static var ownAddresses: Set<String> {
        var found: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&found) == 0 else { return [] }
        defer { freeifaddrs(found) }
        var texts: Set<String> = []
        var next = found
        while let interface = next?.pointee {
            if let address = interface.ifa_addr {
                let size: Int? =
                    switch Int32(address.pointee.sa_family) {
                    case AF_INET: MemoryLayout<sockaddr_in>.size
                    case AF_INET6: MemoryLayout<sockaddr_in6>.size
                    default: nil
                    }
                if let size, let text = text(address, socklen_t(size)) { texts.insert(text) }
            }
            next = interface.ifa_next
        }
        return texts
    }

    /// An address as numbers, without the interface that a link-local one names.
    private static func text(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, length, &bytes, socklen_t(bytes.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        return text(bytes).split(separator: "%").first.map(String.init)
    }
}
