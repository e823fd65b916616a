import ArgumentParser
import Dispatch
import FoundationEssentials
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Names of the running broker, for a shell that completes a word. Whatever goes wrong, there are none, and nothing is said.
enum BrokerNames {
    /// How long a shell waits for them.
    private static let patience = Duration.milliseconds(500)
    private static let most: UInt32 = 1000

    static func topics(_ words: [String], _ prefix: String) async -> [String] {
        await names(words, prefix) { client in
            try await client.topics(TopicQuery(limit: most, filter: prefix)).rows.map(\.name)
        }
    }

    static func clients(_ words: [String], _ prefix: String) async -> [String] {
        await names(words, prefix) { client in
            let query = ClientQuery(limit: most, filter: String(prefix.prefix { $0 != "#" }))
            let rows = try await client.clients(query).rows.filter { $0.program != "zaichik" || $0.name != ownName }
            return ClientLabel.labels(of: rows)
        }
    }

    static func sessions(_ words: [String], _ prefix: String) async -> [String] {
        await names(words, prefix) { client in
            try await client.sessions(SessionQuery(limit: most, filter: prefix)).rows.map(\.name)
        }
    }

    private static let ownName = "zaichik-completion"

    private static func names(
        _ words: [String], _ prefix: String, _ ask: @escaping @Sendable (ZaichikClient) async throws -> [String]
    ) async -> [String] {
        let found = Mutex<[String]>([])
        guard let address = address(in: words) else { return [] }
        _ = try? await TimeLimit.run(patience) {
            var configuration = ClientConfiguration(name: ownName, program: "zaichik")
            configuration.connectTimeout = patience
            let client = try await ZaichikClient.connect(to: address, configuration: configuration)
            let names = try await ask(client)
            found.withLock { $0 = names }
            await client.close()
        }
        let names = found.withLock { $0 }
        // A name that a terminal could not show as it is cannot be completed, either.
        return Set(names).filter { $0.hasPrefix(prefix) && SafeText.escaped($0) == $0 }.sorted()
    }

    /// The broker that a line names, as ``ConnectOptions`` does.
    private static func address(in words: [String]) -> BrokerAddress? {
        var option: String?
        for (index, word) in words.enumerated() {
            if word == "--connect", index + 1 < words.count { option = words[index + 1] }
            if word.hasPrefix("--connect=") { option = String(word.dropFirst("--connect=".count)) }
        }
        // bash divides words at colons.
        if let index = words.firstIndex(of: "--connect"), index + 3 < words.count, words[index + 2] == ":" {
            option = words[(index + 1)...(index + 3)].joined()
        }
        let bare = option.map { String($0.filter { $0 != "'" && $0 != "\"" }) }
        return try? BrokerAddress.resolve(option: bare, environment: ProcessInfo.processInfo.environment)
    }
}

extension BrokerNames {
    /// Waits for names, but no longer than a little over ``patience``. Not for the threads of tasks, which find them.
    fileprivate static func waiting(_ find: @escaping @Sendable () async -> [String]) -> [String] {
        let found = Found()
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            let names = await find()
            found.names.withLock { $0 = names }
            done.signal()
        }
        _ = done.wait(timeout: .now() + .milliseconds(700))
        return found.names.withLock { $0 }
    }

    private final class Found: Sendable {
        let names = Mutex<[String]>([])
    }
}

extension CompletionKind {
    /// Names of topics.
    static let topics = CompletionKind.custom { words, _, prefix in
        BrokerNames.waiting { await BrokerNames.topics(words, prefix) }
    }
    /// Names of clients, with their ids where a name is that of several.
    static let clients = CompletionKind.custom { words, _, prefix in
        BrokerNames.waiting { await BrokerNames.clients(words, prefix) }
    }
    /// Names of sessions.
    static let sessions = CompletionKind.custom { words, _, prefix in
        BrokerNames.waiting { await BrokerNames.sessions(words, prefix) }
    }
}
