import ArgumentParser

struct CompletionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a script with which a shell completes commands, options, and names of the running broker.",
        discussion: """
            Names of topics, clients and sessions come from the broker that the command line names (--connect, else \
            ZAICHIK_ADDRESS, else 127.0.0.1:8889), if it answers within half a second; if not, there are none.

            EXAMPLES
              bash: . <(zaichik completion bash)        for this shell; in ~/.bashrc for all
              zsh:  zaichik completion zsh > ~/.zfunc/_zaichik
              fish: zaichik completion fish > ~/.config/fish/completions/zaichik.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() async throws {
        var output = StandardOutput()
        output.line(RootCommand.completionScript(for: shell.completionShell))
        try output.flush()
    }
}
