using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.App.Verbs;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App;

/// <summary>The command line of a project that has tasks: <c>return await TaskApp.RunAsync(args, TaskCatalog.Default);</c></summary>
public static class TaskApp
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The words behind the program's name.</param>
    /// <param name="catalog">What the project declares.</param>
    /// <param name="console">Where to print. Default: the terminal.</param>
    /// <param name="verbs">Verbs of the project's own; they end as ours do, with one line for what went wrong. Default: none.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        Catalog catalog,
        IAnsiConsole? console = null,
        IReadOnlyList<Command>? verbs = null
    )
    {
        using var interruption = new Interruption();
        var session = new Session(catalog, console ?? Terminal.Output(), console ?? Terminal.Errors());
        var verbose = new Option<bool>("--verbose") { Description = "Show the stack trace of an error.", Recursive = true };
        var root = new RootCommand(
            """
            Builds the data of this project's tasks, tunes models on them, and measures the result.

            Exit codes:
              0    done
              1    a mistake in a file, a record, a model or a setting; or what a pipeline expects does not hold
              2    a mistake in the command line
              70   the program failed
              74   the disk is full; a run keeps its last checkpoint, and train --resume goes on with it
              130  interrupted (Ctrl-C, SIGTERM); a run is saved, and train --resume goes on with it
            """
        )
        {
            verbose,
            ListVerb.Create(session),
            ShowVerb.Create(session),
            FetchVerb.Create(session),
            BuildDataVerb.Create(session),
            PlanVerb.Create(session),
            TrainVerb.Create(session),
            RunVerb.Create(session),
            EvaluateVerb.Create(session),
            PredictVerb.Create(session),
            ReportVerb.Create(session),
            InspectVerb.Create(session),
            DoctorVerb.Create(session),
            DraftVerb.Create(session),
            MergeVerb.Create(session),
            ExportVerb.Create(session),
            ImportVerb.Create(session),
            EmbedVerb.Create(session),
            SchemaVerb.Create(session),
        };
        foreach (var verb in verbs ?? [])
            root.Add(verb);
        Verb.ShowExamples(root, session);
        var parsed = root.Parse(args);
        // Help of a verb that is none is no help.
        var unknown = parsed.CommandResult.Command == root ? parsed.UnmatchedTokens.FirstOrDefault(word => word[0] != '-') : null;
        var option = UnknownOption(parsed, args);
        if (parsed.Errors.Count > 0 || unknown is not null || option is not null)
        {
            if (option is not null)
                session.Error(option);
            else if (unknown is not null)
                session.Error($"there is no verb '{unknown}'{NearestWord.Choice(unknown, root.Subcommands.Select(c => c.Name))}");
            else if (parsed.CommandResult is { Command: var verb } command && Needed(command) is { } kind)
                session.Error(
                    (kind == "recipe" ? session.Recipes.Select(r => r.Name) : session.Pipelines.Select(p => p.Name)).ToList()
                        is { Count: > 0 } names
                        ? $"{verb.Name} needs a {kind}; expected one of {string.Join(", ", names)}."
                        : $"this project has no {kind}."
                );
            else
                foreach (var error in parsed.Errors)
                    session.Error(error.Message);
            session.Errors.MarkupLineInterpolated($"[grey]--help shows what there is.[/]");
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = session.Console.Profile.Out.Writer,
            };
            return await parsed.InvokeAsync(configuration, interruption.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            session.Error(e is RunInterruptedException ? e.Message : "interrupted.");
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            var code = ExitCode.Of(e);
            session.Error(code == ExitCode.Failure ? $"the program failed: {e.Message} (--verbose shows where)" : e.Message);
            if (parsed.GetValue(verbose))
                session.Errors.Profile.Out.Writer.WriteLine(e);
            return code;
        }
    }

    /// <summary>
    /// Words for an option that a verb does not have, which else were taken for a name ("there is no recipe '--device'"); null where there
    /// is none. What stands behind <c>--</c> is no option, whatever it begins with.
    /// </summary>
    private static string? UnknownOption(ParseResult parsed, string[] args)
    {
        var command = parsed.CommandResult;
        var words = command
            .Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .ToHashSet();
        return
            command.Command is { } verb and not RootCommand
            && args.TakeWhile(word => word != "--")
                .FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal) && words.Contains(word))
                is { } found
            ? $"{verb.Name} has no option '{found}'{NearestWord.Choice(found, verb.Options.Select(option => option.Name))}"
            : null;
    }

    /// <summary>What kind of name is missing; null where none is.</summary>
    private static string? Needed(CommandResult command) =>
        command.Command.Arguments is [{ Name: "recipe" or "pipeline" } named] && command.GetResult(named) is not { Tokens.Count: > 0 }
            ? named.Name
            : null;
}
