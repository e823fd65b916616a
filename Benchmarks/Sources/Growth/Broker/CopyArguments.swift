/// The other half of the bare copy that ``CatchUpBenchmark`` compares with: this program as the source of so many
/// bytes.
struct CopyArguments {
    static let flag = "--copy"

    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    /// nil if the arguments ask for something else.
    init?(_ arguments: [String]) {
        guard arguments.count == 2, arguments[0] == Self.flag, let bytes = Int(arguments[1]) else { return nil }
        self.bytes = bytes
    }

    var arguments: [String] { [Self.flag, "\(bytes)"] }

    /// Has the bytes in memory before it tells its port, and sends them to whom it accepts first.
    func run() throws {
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
        source.initializeMemory(as: UInt8.self, repeating: 0x78)
        let listener = try Socket(listening: ())
        ChildProcess.endWithParent()
        Serving.tell(listener.port)
        let socket = try listener.accept()
        // In pieces as large as those that a broker's turn has.
        var offset = 0
        while offset < bytes {
            let end = min(offset + (256 << 10), bytes)
            try socket.send(UnsafeRawBufferPointer(rebasing: source[offset..<end]))
            offset = end
        }
        // The reader goes first: closing resets.
        var rest = [UInt8](repeating: 0, count: 1)
        _ = try? rest.withUnsafeMutableBytes { try socket.receive(into: $0, waits: true) }
    }
}
