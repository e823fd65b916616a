import ZaichikProtocol

/// Where a broker listens: `HOST:PORT`, an IPv6 address in brackets, such as `[::1]:8889`.
public struct BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    public static let defaultPort = 8889
    /// The environment variable that names the broker if no option does.
    public static let environmentVariable = "ZAICHIK_ADDRESS"
    /// 127.0.0.1:8889
    public static let standard = BrokerAddress(host: "127.0.0.1", port: defaultPort)

    /// A host name or an address, without brackets.
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`. Without a port it is 8889.
    ///
    /// - Throws: An ``AddressError`` that says what is wrong and what would be right.
    public init(_ text: String) throws(AddressError) {
        guard !text.isEmpty else { throw AddressError(text, "it is empty") }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw AddressError(text, "the bracket of its IPv6 address is not closed")
            }
            let rest = text[text.index(after: end)...]
            host = String(text[text.index(after: text.startIndex)..<end])
            guard rest.isEmpty || rest.first == ":" else {
                throw AddressError(text, "the bracket is not followed by ':PORT'")
            }
            port = try Self.port(rest.isEmpty ? nil : rest.dropFirst(), of: text)
        } else {
            let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
            guard colons <= 1 else { throw AddressError(text, "an IPv6 address has to be in brackets") }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            host = String(parts[0])
            port = try Self.port(colons == 1 ? parts[1] : nil, of: text)
        }
        guard !host.isEmpty else { throw AddressError(text, "it has no host") }
        guard !host.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw AddressError(text, "'\(host)' is a number, not a host")
        }
    }

    /// Chooses the broker: by an option, else by ``environmentVariable``, else ``standard``.
    ///
    /// - Throws: An ``AddressError``, if the text that was chosen is not an address.
    public static func resolve(
        option: String?, environment: [String: String]
    ) throws(AddressError) -> BrokerAddress {
        if let option { return try BrokerAddress(option) }
        guard let text = environment[environmentVariable], !text.isEmpty else { return standard }
        do {
            return try BrokerAddress(text)
        } catch {
            throw AddressError(text, "\(error.problem) (it comes from \(environmentVariable))")
        }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func port(_ text: Substring?, of whole: String) throws(AddressError) -> Int {
        guard let text else { return defaultPort }
        guard let port = UInt16(text) else {
            throw AddressError(whole, "'\(text)' is not a port, which is a number from 0 to 65535")
        }
        return Int(port)
    }
}

/// Why a text is not a ``BrokerAddress``.
public struct AddressError: Error, Equatable, Sendable, CustomStringConvertible {
    public var text: String
    public var problem: String

    init(_ text: String, _ problem: String) {
        self.text = text
        self.problem = problem
    }

    public var description: String {
        "'\(text)' is not a broker's address: \(problem). Write HOST:PORT, for example 127.0.0.1:8889 or [::1]:8889"
    }
}
