using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TaskDsl.App.Sessions;

/// <summary>A command with examples, which its own help shows.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    /// <summary>Makes <c>--help</c> end with the examples of the command that it is asked of.</summary>
    public static void ShowExamples(RootCommand root, Session session)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new WithExamples((HelpAction)help.Action!, session);
    }

    private sealed class WithExamples(HelpAction plain, Session session) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = plain.Invoke(parseResult);
            if (parseResult.CommandResult.Command is not Verb { Examples.Count: > 0 } verb)
                return code;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples)
                output.WriteLine($"  {RootCommand.ExecutableName} {verb.Name} {ExampleNames.Fill(session, example)}");
            output.WriteLine();
            return code;
        }
    }

    private IReadOnlyList<string> Examples { get; } = examples;
}
