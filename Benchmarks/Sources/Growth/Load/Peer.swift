import NIOCore
import ZaichikProtocol

/// A client of the native dialect on a blocking socket: as little work a message as can be, so that what is measured is
/// the broker. One thread uses it at a time, which is what makes it sendable.
final class Peer: @unchecked Sendable {
    let socket: Socket
    private var inbound: InboundBytes
    private var requests: UInt32 = 0
    private var answers: [UInt32: BrokerFrame] = [:]
    private var pongs = 0
    private var statisticsUpdate: StatisticsUpdate?
    /// Publishes sent, and those that are answered for.
    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private(set) var delivered: UInt64 = 0
    private(set) var deliveredBytes = 0
    private(set) var committed: UInt64 = 0
    private(set) var receipts = 0
    /// Messages that GAP frames told of.
    private(set) var lost: UInt64 = 0
    /// Called with each DELIVER frame where it lies.
    var onDelivery: ((UnsafeRawBufferPointer) -> Void)?

    /// Connects, and greets.
    init(port: Int, window: UInt32 = 0, name: String = "growth", capacity: Int = 2 << 10) throws {
        socket = try Socket(port: port)
        inbound = InboundBytes(capacity: capacity)
        var greeting = ByteBuffer(bytes: Preface.bytes)
        ClientFrame.hello(Hello(window: window, name: name)).write(to: &greeting)
        try send(greeting)
    }

    func send(_ buffer: ByteBuffer) throws {
        try buffer.withUnsafeReadableBytes { try socket.send($0) }
    }

    func send(_ frame: ClientFrame) throws {
        var buffer = ByteBuffer()
        frame.write(to: &buffer)
        try send(buffer)
    }

    /// Reads once, and handles the frames.
    ///
    /// - Returns: Whether something came.
    @discardableResult
    func receive(waits: Bool = true) throws -> Bool {
        try inbound.read(from: socket, waits: waits) { frame in try take(frame) }
    }

    private func take(_ frame: UnsafeRawBufferPointer) throws {
        switch BrokerOpcode(rawValue: frame[MessageLayout.typeOffset]) {
        case .deliver:
            delivered += 1
            deliveredBytes += frame.count
            onDelivery?(frame)
        case .confirm: confirmed = UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .pong: pongs += 1
        case .receipt: receipts += 1
        default: try takeRare(try BrokerFrame(decoding: ByteBuffer(bytes: frame)))
        }
    }

    private func takeRare(_ frame: BrokerFrame?) throws {
        switch frame {
        case .ping(let token): try send(.pong(token))
        case .topic(let request, _, _, _), .ok(let request, _), .topics(let request, _, _), .clients(let request, _, _),
            .client(let request, _, _):
            if request > 0 { answers[request] = frame }
        case .statistics(_, let update): statisticsUpdate = update
        case .gap(_, _, let first, let last): lost += last - first + 1
        case .error(_, _, let message), .reject(_, _, let message), .goodbye(_, let message):
            throw GrowthError("the broker says: \(message)")
        default: break
        }
    }

    // MARK: Requests

    /// Sends a request under an id of its own, without waiting.
    ///
    /// - Returns: The id.
    @discardableResult
    func request(into buffer: inout ByteBuffer, _ make: (UInt32) -> ClientFrame) -> UInt32 {
        requests += 1
        make(requests).write(to: &buffer)
        return requests
    }

    /// The answer to a request.
    func answer(to request: UInt32) throws -> BrokerFrame {
        while true {
            if let answer = answers.removeValue(forKey: request) { return answer }
            try receive()
        }
    }

    func ask(_ make: (UInt32) -> ClientFrame) throws -> BrokerFrame {
        var buffer = ByteBuffer()
        let id = request(into: &buffer, make)
        try send(buffer)
        return try answer(to: id)
    }

    /// Asks many times, a thousand requests at once.
    func ask(count: Int, _ make: (Int, UInt32) -> ClientFrame) throws {
        var next = 0
        while next < count {
            var buffer = ByteBuffer()
            var last: UInt32 = 0
            for index in next..<min(next + 1000, count) { last = request(into: &buffer) { make(index, $0) } }
            try send(buffer)
            _ = try answer(to: last)
            // Answers come in order: those before are there.
            answers.removeAll(keepingCapacity: true)
            next += 1000
        }
    }

    /// Waits until everything before it is answered.
    func ping() throws {
        let before = pongs
        try send(.ping(1))
        while pongs == before { try receive() }
    }

    /// The broker's figures: the first update of a watch.
    func statistics() throws -> BrokerStatistics {
        statisticsUpdate = nil
        let watch = requests + 1
        _ = try ask { .watch(request: $0, WatchRequest(interval: WatchRequest.shortestInterval)) }
        while statisticsUpdate == nil { try receive() }
        _ = try ask { .unwatch(request: $0, watch: watch) }
        return statisticsUpdate!.broker
    }

    // MARK: Publishing and reading

    /// Sends a batch. Publishes that are not answered yet are kept below `outstanding`.
    func publish(_ batch: FrameBatch, outstanding: Int = 1 << 16) throws {
        while published - confirmed > UInt64(outstanding) { try receive() }
        try send(batch.bytes)
        published += UInt64(batch.count)
        while try receive(waits: false) {}
    }

    func awaitConfirms() throws {
        while confirmed < published { try receive() }
    }

    /// Commits all deliveries so far.
    func commit() throws {
        guard committed < delivered else { return }
        committed = delivered
        try send(.commit(committed))
    }

    /// Reads and commits until so many were delivered.
    func read(until count: UInt64) throws {
        while delivered < count {
            try receive()
            try commit()
        }
    }
}
