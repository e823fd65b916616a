import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension ClientLink {
    /// Asks for messages that a topic keeps.
    func browse(_ request: BrowseRequest) {
        guard let client = connectedClient() else {
            return post(.browse(.noPage(request, ErrorText.notConnected)))
        }
        Task {
            do throws(ClientError) {
                let page = try await client.peek(
                    topic: request.topic.string, from: request.start, limit: Browse.page)
                self.post(.browse(.page(request, page.rows.map { ReceivedMessage($0.message) })))
            } catch {
                self.post(.browse(.noPage(request, error.message)))
            }
        }
    }

    /// Reads messages as a whole, of which pages have the beginnings: with a connection of its own, so that nothing that this
    /// program subscribes to is touched.
    func readWhole(_ wanted: KeptMessages) {
        let found = Found()
        Task {
            var problem = "the topic does not keep it any more"
            do {
                try await withThrowingDiscardingTaskGroup { group in
                    group.addTask {
                        try await self.read(wanted, into: found)
                        throw Found.Complete()
                    }
                    group.addTask {
                        try await Task.sleep(for: .seconds(5))
                        throw Found.Complete()
                    }
                }
            } catch {
                if let error = error as? ClientError { problem = error.message }
            }
            let messages = found.messages.withLock { $0 }
            self.post(.browse(messages.isEmpty ? .noWhole(wanted, problem) : .whole(messages)))
        }
    }

    private func read(_ wanted: KeptMessages, into found: Found) async throws {
        guard let first = wanted.sequences.min(), let last = wanted.sequences.max() else { return }
        let sequences = Set(wanted.sequences)
        let own = ClientConfiguration(name: configuration.name + " (reading messages)", program: "zaichik-tui")
        let client = try await ZaichikClient.connect(to: address, configuration: own)
        defer { Task { await client.close() } }
        try await client.subscribe(to: TopicPattern(wanted.topic.string), from: .sequence(first))
        for try await delivery in client.deliveries {
            if sequences.contains(delivery.sequence) {
                found.messages.withLock { $0.append(ReceivedMessage(delivery, connection: 0)) }
            }
            if delivery.sequence >= last { return }
            client.commit(delivery)
        }
    }

    /// What was read so far.
    private final class Found: Sendable {
        /// All is read, or the time is over.
        struct Complete: Error {}

        let messages = Mutex<[ReceivedMessage]>([])
    }
}

extension ReceivedMessage {
    /// A message that was looked at, of which the broker shows the beginning.
    init(_ kept: ParkedMessage) {
        let parts = kept.parts(of: kept.payload)
        let fields = parts?.headers.fields ?? []
        let headers = fields.map { ReceivedHeader(name: $0.name, value: Array($0.value.readableBytesView)) }
        let own = Int(kept.payloadLength) - (kept.flags.contains(.headers) ? parts?.headers.size ?? 0 : 0)
        self.init(
            topic: kept.topic, sequence: kept.sequence, timestamp: kept.timestamp,
            key: kept.hasKey ? Array(kept.key.readableBytesView) : nil, headers: headers,
            payload: parts.map { Array($0.content.readableBytesView) } ?? [], length: max(own, 0), number: 0,
            connection: 0)
    }
}
