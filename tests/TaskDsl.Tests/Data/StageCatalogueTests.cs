using System.Text.Json;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Stages;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;
using Change = System.Func<TaskDsl.DatasetBuilder<TaskDsl.Tests.Ticket.Example>, TaskDsl.DatasetBuilder<TaskDsl.Tests.Ticket.Example>>;

namespace TaskDsl.Tests.Data;

/// <summary>What every stage must do; a new one is found.</summary>
public sealed class StageCatalogueTests : SourceTest
{
    private static readonly TextExpression Team = TextExpression.Of((Ticket.Example e) => e.Output.Team.ToString());

    [Fact]
    public void Any_chain_of_stages_accounts_for_every_record_whatever_the_threads()
    {
        // Every word, and some in several settings.
        Stage[] words = [.. Words.Of(typeof(Stage).Assembly).Choices(typeof(Stage)).Select(choice => Simple(choice.Type)).OfType<Stage>()];
        var stage = Gen.OneOf<Change>(
            Gen.Int[0, words.Length - 1].Select<int, Change>(n => b => b.With(words[n])),
            Gen.Int[1, 400].Select<int, Change>(n => b => b.With(new Limit { Count = n })),
            Gen.Double[0, 1].Select<double, Change>(f => b => b.With(new Sample { Fraction = f })),
            Gen.Int[1, 400].Select<int, Change>(n => b => b.With(new Sample { Count = n, Seed = n })),
            Gen.Int[0, 9].Select<int, Change>(n => b => b.With(new Shuffle { Seed = n })),
            Gen.Int[1, 200].Select<int, Change>(n => b => b.With(new Balance { By = Team, Most = n })),
            Gen.Int[0, 9].Select<int, Change>(n => b => b.Filter(e => e.Input.Urgency != n)),
            Gen.Int[0, 9]
                .Select<int, Change>(n => b => b.Map(e => e.Input.Urgency == n ? e with { Input = e.Input with { Subject = "\n" } } : e)),
            Gen.Int[1, 60].Select<int, Change>(n => b => b.With(new Chunks { Of = "body", Characters = n })),
            Gen.Int[1, 60].Select<int, Change>(n => b => b.With(new Chunks { Of = "body", Characters = n }).With(new Join { Of = "body" })),
            Gen.Int[1, 3].Select<int, Change>(n => b => b.With(new Folds { Count = 3, LeaveOut = n })),
            Gen.Const<Change>(b => b.With(new NearDeduplicate { Threshold = 0.6 }))
        );
        var random = new Random(1);
        string[] teams = ["billing", "technical", "other"];
        var lines = Enumerable
            .Range(0, 600)
            .Select(i =>
                JsonSerializer.Serialize(
                    new
                    {
                        subject = $"s{i}",
                        body = $"Ann wrote about\nthing {random.Next(600)} of many",
                        team = teams[random.Next(3)],
                        urgency = random.Next(8),
                        names = i % 4 == 0 ? [new { kind = "person", text = "Ann" }] : Array.Empty<object>(),
                    }
                )
            );
        Write("a.jsonl", string.Join('\n', lines));
        stage
            .Array[0, 5]
            .Sample(
                stages =>
                {
                    var results = new[] { 1, 3 }
                        .Select(threads =>
                        {
                            using var data = stages
                                .Aggregate(Ticket.Build().FromJsonl("a.jsonl"), (b, s) => s(b))
                                .ToDatasetAsync(Options with { Threads = threads })
                                .GetAwaiter()
                                .GetResult();
                            Assert.Equal(600, data.Report.Read);
                            Assert.Equal(600 + data.Report.Added, data.Report.Kept + data.Report.Dropped.Values.Sum());
                            Assert.Equal(data.Report.Kept, data.Train.Count + data.Validation.Count + data.Test.Count);
                            return string.Join(
                                '\n',
                                [
                                    data.Fingerprint,
                                    .. data.Report.Dropped.Select(d => d.ToString()),
                                    .. data.Report.DroppedSamples,
                                    .. All(data).Select(e => $"{e.Origin} {e}"),
                                ]
                            );
                        })
                        .ToList();
                    Assert.Equal(results[0], results[1]);
                },
                iter: 25,
                threads: 1
            );
    }

    /// <summary>A word with its defaults and what it asks for; null = no number or expression would do: it has a test of its own.</summary>
    private static Stage? Simple(Type type)
    {
        if (type.IsDefined(typeof(OneOfAttribute), inherit: true))
            return null; // Which of them, is a matter of its own test.
        var stage = (Stage)Words.Default(type);
        foreach (var property in Words.Properties(type).Where(Words.IsRequired))
        {
            object? value = property.PropertyType switch
            {
                var t when t == typeof(int) => 40,
                var t when t == typeof(double) => 0.5,
                var t when t == typeof(TextExpression) => Team,
                var t when t == typeof(Condition) => Condition.Of((Ticket.Example e) => e.Input.Urgency > 3),
                _ => null,
            };
            if (value is null)
                return null;
            property.SetValue(stage, value);
        }

        return stage;
    }

    private static IEnumerable<Ticket.Example> All(Dataset<Ticket.Example> data) => data.Train.Concat(data.Validation).Concat(data.Test);
}
