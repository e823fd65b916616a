import Foundation

/// A real terminal: a tmux server of the test's own, with a shell in it.
final class Tmux {
    private let socket: String
    private static let program: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        .split(separator: ":").map { "\($0)/tmux" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    init(width: Int, height: Int, term: String = "tmux-256color", environment: [String] = []) throws {
        guard Self.program != nil else {
            throw Programs.Failure(
                description: "these tests need tmux: `make test` installs it, or `apt-get install tmux`")
        }
        socket = FileManager.default.temporaryDirectory.appending(path: "zaichik-\(UUID().uuidString.prefix(8))").path
        // What a person has configured, or what another test left, is of no concern here.
        let homes = ["XDG_CONFIG_HOME=\(socket)-home", "XDG_STATE_HOME=\(socket)-home"]
        let settings = (["LC_ALL=C.UTF-8", "PS1=ready> ", "TERM=\(term)"] + homes + environment).flatMap { ["-e", $0] }
        try tmux(
            ["-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)"] + settings
                + ["/bin/bash --norc --noprofile"])
        try tmux(["set", "-g", "status", "off"])
        try tmux(["set", "-sg", "escape-time", "0"])
        try resize(width, height)
        type("PS1='ready> ' TERM=\(term)\n")
        try waitFor("ready> ")
    }

    deinit {
        _ = try? tmux(["kill-server"])
        for path in [socket, socket + "-home"] { try? FileManager.default.removeItem(atPath: path) }
    }

    @discardableResult
    func tmux(_ words: [String]) throws -> String {
        try Programs.run(Self.program ?? "tmux", ["-S", socket] + words)
    }

    /// Presses keys, by tmux's names for them.
    func press(_ keys: String...) {
        for key in keys { _ = try? tmux(["send-keys", key]) }
    }

    func type(_ text: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { press("Enter") }
            if !line.isEmpty { _ = try? tmux(["send-keys", "-l", "--", String(line)]) }
        }
    }

    /// As a terminal pastes, in brackets if the program asked for them.
    func paste(_ text: String) throws {
        try tmux(["set-buffer", "--", text])
        try tmux(["paste-buffer", "-p", "-r"])
    }

    func resize(_ width: Int, _ height: Int) throws {
        try tmux(["resize-window", "-x", "\(width)", "-y", "\(height)"])
    }

    var screen: String { (try? tmux(["capture-pane", "-p"])) ?? "" }
    var coloredScreen: String { (try? tmux(["capture-pane", "-p", "-e"])) ?? "" }
    func value(_ format: String) throws -> String {
        try tmux(["display-message", "-p", format]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func waitFor(_ text: String, seconds: Double = 30) throws {
        try Programs.wait("'\(text)' on the screen", seconds: seconds) {
            screen.contains(text)
        } else: {
            screen
        }
    }

    func waitUntilGone(_ text: String, seconds: Double = 30) throws {
        try Programs.wait("'\(text)' gone", seconds: seconds) {
            !screen.contains(text)
        } else: {
            screen
        }
    }
}
