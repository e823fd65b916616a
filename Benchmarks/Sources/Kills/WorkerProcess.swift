import Foundation
import ZaichikClient
import ZaichikProtocol

/// One thing that a worker did, as its file has it: the message's number and the attempt.
struct Doing {
    static let size = 16

    var number: UInt64
    var attempt: UInt64

    init(number: UInt64, attempt: UInt64) {
        self.number = number
        self.attempt = attempt
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        number = bytes.loadUnaligned(as: UInt64.self)
        attempt = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }
}

/// A worker: notes each message in its file, which is the work, and commits it.
struct WorkerProcess {
    static let session = "kills"
    static let topic = "kills"

    private let address: BrokerAddress
    private let file: String
    private let window: UInt32

    /// - Parameter arguments: The broker's address, the file and the window.
    init(arguments: some Collection<String>) throws {
        let arguments = Array(arguments)
        guard arguments.count == 3, let window = UInt32(arguments[2]) else {
            throw KillOptions.Wrong(description: "a worker is started by this program itself")
        }
        address = try BrokerAddress(arguments[0])
        file = arguments[1]
        self.window = window
    }

    func run() async throws {
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KillOptions.Wrong(description: "cannot write \(file)") }
        var configuration = ClientConfiguration(name: "worker")
        configuration.session = SessionOptions(Self.session, mode: .shared)
        configuration.window = window
        let client = try await ZaichikClient.connect(to: address, configuration: configuration)
        try await client.subscribe(to: Self.topic, from: .earliest)
        for try await delivery in client.deliveries {
            guard let number = UInt64(delivery.text) else {
                throw KillOptions.Wrong(description: "'\(delivery.text)' was never published")
            }
            var doing = Doing(number: number, attempt: UInt64(delivery.attempt))
            // What is written outlives this process, however it ends.
            guard write(descriptor, &doing, Doing.size) == Doing.size else {
                throw KillOptions.Wrong(description: "cannot write \(file)")
            }
            try delivery.commit()
        }
    }
}
