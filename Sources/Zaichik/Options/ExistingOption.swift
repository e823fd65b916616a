import ArgumentParser
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Whether a topic that does not exist is created.
struct ExistingOption: ParsableArguments {
    @Flag(help: "Create no topic: a name that does not exist is an error.")
    var existing = false

    /// Sees to it that a topic exists, and says so if it had to be created.
    ///
    /// - Throws: A ``CommandFailure`` if it does not exist and is not to be created.
    func ensure(_ name: TopicName, _ client: ZaichikClient) async throws {
        if existing {
            let page = try await client.topics(TopicQuery(limit: .max, filter: name.string))
            guard !page.rows.contains(where: { $0.name.utf8.elementsEqual(name.string.utf8) }) else { return }
            throw CommandFailure(
                """
                there is no topic '\(SafeText.escaped(name.string))' at \(client.address), and --existing creates none; \
                'zaichik topic ls' lists the topics
                """)
        }
        // Those that exist are the broker's own; it says itself which do not.
        guard !name.isReserved, try await client.detail(ofTopic: name.string, rows: 0) == nil else { return }
        try await client.findTopic(name)
        StandardError.say(TopicText.created(name.string))
    }
}
