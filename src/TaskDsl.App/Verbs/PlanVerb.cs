using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskDsl.App.Sessions;
using TaskDsl.Torch.Forecasts;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Verbs;

/// <summary><c>plan</c>: what a run would take, before anything runs.</summary>
internal static class PlanVerb
{
    public static Command Create(Session session)
    {
        var recipes = new Argument<string[]>("recipe") { Description = "The recipes.", Arity = ArgumentArity.OneOrMore };
        var set = new Option<string[]>("--set")
        {
            Description = "Change a recipe by its own words, as --set batch.rows=4. May be given several times.",
        };
        var device = new DeviceOption();
        var memory = new MemoryOption();
        var command = new Verb(
            "plan",
            "Tell what runs would take, before they run: steps, tokens, memory, time; and what would make them fit.",
            "{recipe}",
            "{recipe} --set batch.sequence_length=512",
            "{recipe} --device cuda --memory 80GB"
        )
        {
            recipes,
            set,
            device,
            memory,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    session,
                    parsed.GetValue(recipes)!,
                    [.. parsed.GetValue(set) ?? [], .. parsed.GetValue(device) is { } name ? (string[])[$"device={name}"] : []],
                    parsed.GetValue(memory),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Session session,
        string[] names,
        string[] settings,
        long? memory,
        CancellationToken cancellationToken
    )
    {
        var change = new Override(Words.Of(session.Catalog.Assembly), session.Catalog);
        var recipes = names.Select(name => change.Apply(session.Recipe(name), settings)).ToList();
        var fits = true;
        foreach (var recipe in recipes)
        {
            session.Console.MarkupLineInterpolated($"[bold]{recipe.Name}[/]  {recipe.Summary}");
            foreach (
                var forecast in await recipe
                    .PlanAsync(new RunOptions { RunsDirectory = session.Runs, PlannedMemory = memory }, cancellationToken)
                    .ConfigureAwait(false)
            )
            {
                if (forecast.Name != recipe.Name)
                    session.Console.MarkupLineInterpolated($"[bold]{forecast.Name}[/]");
                Show(session, forecast);
                fits &= forecast.Fits;
            }
        }

        return fits ? ExitCode.Success : ExitCode.Mistake;
    }

    private static void Show(Session session, RunForecast forecast)
    {
        session.Note(forecast.Notices);
        var (batches, memory) = (forecast.Batches, forecast.Memory);
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Add(
            "records",
            $"{forecast.Records.Train:N0} to train on, {forecast.Records.Validation:N0} for validation, {forecast.Records.Test:N0} to test"
        );
        Add("steps", $"{batches.Steps:N0}, {batches.StepsPerEpoch:N0} in the first epoch");
        var capacity = batches.Fill is { } fill
            ? $"{batches.Capacity:N0} tokens, {1 - fill:P1} of them padding"
            : $"up to {batches.Capacity:N0} tokens";
        Add("rows", $"{batches.Rows:N0} of {capacity}");
        var answered = batches.AnswerTokens > 0 && batches.AnswerTokens < batches.Tokens;
        Add("tokens", $"{batches.Tokens:N0}{(answered ? $", {batches.AnswerTokens:N0} of them answers" : "")}");
        if (batches.Dropped + batches.Shortened > 0)
            Add("too long", $"{batches.Dropped:N0} sequences left out, {batches.Shortened:N0} shortened");
        if (batches.Untagged > 0)
            Add("no tag", $"{batches.Untagged:N0} entities, which a head over tokens cannot learn");
        if (batches.Widened > 0)
            Add("inside words", $"{batches.Widened:N0} entities, for which a head over tokens learns the longer words");
        Add("computes", $"on {forecast.Device}, in {forecast.Numbers}");
        Add("parameters", $"{memory.TrainedParameters:N0} trained of {memory.Parameters:N0}");
        var there = forecast.Machine.Available == long.MaxValue ? "" : Bytes(forecast.Machine.Available) + " ";
        Add("memory", $"{Bytes(memory.Peak)} at its peak; {there}{forecast.Machine.Source}");
        foreach (
            var (kind, bytes) in (ReadOnlySpan<(string, long)>)
                [
                    ("weights", memory.Weights),
                    ("gradients", memory.Gradients),
                    ("optimizer state", memory.OptimizerState),
                    ("activations", memory.Activations),
                    ("logits", memory.Logits),
                    ("malloc's fragments", memory.Fragments),
                    ("cache while answering", memory.Cache),
                    ("data", memory.Data),
                    ("program", memory.Program), // On a GPU its context there.
                ]
        )
            if (bytes > 0)
                Add($"  {kind}", $"{Bytes(bytes)}");
        if (forecast.Time is { } time)
        {
            Add("time", $"{Time(time.Total)}{(time.Answers is null ? " and the answers" : "")}, on this machine as busy as it is now");
            Add("  training", $"{Time(time.Training)}, {time.PerStep.TotalSeconds:0.00} s a step ({time.Steps} timed)");
            Add("  validation", $"{Time(time.Validation)}");
            Add(
                "  answers",
                time.Answers is { } answers
                    ? (FormattableString)$"{Time(answers)} at most, before and after together"
                    : $"not known: a batch of them takes more than a minute"
            );
        }
        else if (forecast.Fits)
            Add("time", $"not measured: the plan is for another machine");
        session.Console.Write(grid);
        if (forecast.Fits)
            return;
        var (needed, available) = (Bytes(memory.Peak), $"{Bytes(forecast.Machine.Available)} are {forecast.Machine.Source}");
        session.Console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[red]error:[/] this run does not fit: it needs {needed}, and {available}."
        );
        if (forecast.Remedies.Any(r => r.Peak <= forecast.Machine.Available))
            session.Console.WriteLine("It would with any one of these:");
        else
            session.Console.WriteLine(
                "Nothing makes it fit; a smaller model or a larger machine "
                    + $"does.{(forecast.Remedies.Count > 0 ? " The least that it can take:" : "")}"
            );
        foreach (var remedy in forecast.Remedies)
            session.WriteLine(
                $"  {string.Join(" ", remedy.Settings.Select(setting => $"--set {setting}"))}\n      {Bytes(remedy.Peak)}: {remedy.Cost}"
            );

        void Add(string name, FormattableString value) =>
            grid.AddRow(Markup.Escape(name), Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Bytes(long bytes) =>
        bytes < 1_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");

    private static string Time(TimeSpan time) =>
        time.TotalDays >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time:d\\.hh\\:mm\\:ss}")
            : string.Create(CultureInfo.InvariantCulture, $"{time:h\\:mm\\:ss}");
}
