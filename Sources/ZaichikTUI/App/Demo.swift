import ZaichikClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A broker of this program's own, with clients that keep it busy.
final class Demo {
    struct StartError: Error, CustomStringConvertible {
        var description: String
    }

    let address: BrokerAddress
    private let broker: ChildProcess
    private let load: Task<Void, Never>

    /// Starts `zaichik serve` on a free port; it ends with this program, however that ends.
    init() throws(StartError) {
        let program = Neighbour.directory + "/zaichik"
        guard access(program, X_OK) == 0 else {
            throw StartError(
                description: "--demo needs the program zaichik beside this one, and \(program) is not there")
        }
        guard let broker = ChildProcess([program, "serve", "--listen", "127.0.0.1:0"]) else {
            throw StartError(description: "\(program) could not be started")
        }
        self.broker = broker
        guard let address = Self.readAddress(from: broker.output) else {
            broker.end(within: 1000)
            throw StartError(description: "\(program) serve did not say within 10 s where it listens")
        }
        self.address = address
        load = Task { await DemoLoad(address: address).run() }
    }

    func end() {
        load.cancel()
        broker.end(within: 3000)
    }

    /// Reads lines until one ends in an address, as in `listening on 127.0.0.1:40123`.
    private static func readAddress(from file: Int32) -> BrokerAddress? {
        var text: [UInt8] = []
        let deadline = SystemClock.now + 10 * Moment.second
        while SystemClock.now < deadline {
            var ready = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 100) > 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 1024)
            let count = read(file, &bytes, bytes.count)
            guard count > 0 else { return nil }
            text += bytes.prefix(count)
            while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: text[..<end], as: UTF8.self)
                text.removeSubrange(...end)
                for word in line.split(separator: " ").reversed() where word.contains(":") {
                    if let address = try? BrokerAddress(String(word)), address.port > 0 { return address }
                }
            }
        }
        return nil
    }
}
