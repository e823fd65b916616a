#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Looks names up.
enum HostAddresses {
    /// The addresses of a name in numbers, each once, in the order of the system's preference. Waits for the answer.
    ///
    /// - Parameter host: A name, or an address.
    /// - Throws: ``LookupError`` with the system's words.
    static func of(_ host: String) throws(LookupError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let problem = getaddrinfo(host, nil, &hints, &found)
        guard problem == 0 else {
            throw LookupError(reason: problem == EAI_SYSTEM ? text(strerror(errno)) : text(gai_strerror(problem)))
        }
        defer { freeaddrinfo(found) }
        var hosts: [String] = []
        var next = found
        while let info = next?.pointee {
            if let address = info.ai_addr, let host = numbers(address, info.ai_addrlen), !hosts.contains(host) {
                hosts.append(host)
            }
            next = info.ai_next
        }
        return hosts
    }

    struct LookupError: Error {
        var reason: String
    }

    private static func numbers(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, length, &bytes, socklen_t(bytes.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(_ words: UnsafePointer<CChar>?) -> String { words.map { String(cString: $0) } ?? "" }
}
