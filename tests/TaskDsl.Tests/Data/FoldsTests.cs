using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Folds, and labels that are wrong on purpose.</summary>
public sealed class FoldsTests : SourceTest
{
    [Fact]
    public async Task Every_example_is_in_one_fold_and_out_of_the_others()
    {
        Records();
        var all = await Of();
        var folds = new List<HashSet<string>>();
        for (var fold = 1; fold <= 3; fold++)
        {
            var taken = await Of(new Folds { Count = 3, Take = fold });
            var rest = await Of(new Folds { Count = 3, LeaveOut = fold });
            Assert.Empty(Texts(taken).Intersect(Texts(rest)));
            Assert.Equal(Texts(all).Order(), Texts(taken).Concat(Texts(rest)).Order());
            Assert.InRange(taken.Count, 120, 280);
            folds.Add([.. Texts(taken)]);
        }

        Assert.Equal(all.Count, folds.Sum(fold => fold.Count));
        Assert.NotEqual(
            Texts(
                    await Of(
                        new Folds
                        {
                            Count = 3,
                            Take = 1,
                            Seed = 1,
                        }
                    )
                )
                .Order(),
            folds[0].Order()
        );
    }

    [Fact]
    public void A_fold_that_there_is_not_is_told()
    {
        var said = new Folds { Count = 3, Take = 4 }.Validate(new ValidationContext(this));
        Assert.Equal("there is no fold 4 of 3; they are counted from 1.", Assert.Single(said).ErrorMessage);
        Assert.Empty(new Folds { Count = 3, LeaveOut = 3 }.Validate(new ValidationContext(this)));
    }

    [Fact]
    public async Task A_share_of_labels_is_another_one_of_all_others_alike()
    {
        Records();
        var right = (await Of()).ToDictionary(e => e.Input.Body, e => e.Output.Mood);
        var stage = new Corrupt { Of = "mood", Share = 0.3 };
        var wrong = (await Of(stage)).Where(e => right[e.Input.Body] != e.Output.Mood).ToList();
        Assert.InRange(wrong.Count, 140, 220); // 180 of 600.
        Assert.InRange(wrong.Count(e => e.Output.Mood == Mood.MoodLabel.SoSo), 50, 130); // Half of them.
        Assert.Equal(wrong, (await Of(stage)).Where(e => right[e.Input.Body] != e.Output.Mood));
        Assert.NotEqual(wrong, (await Of(stage with { Seed = 1 })).Where(e => right[e.Input.Body] != e.Output.Mood));
        Assert.Equal(right.Count, (await Of(stage with { Share = 1 })).Count(e => right[e.Input.Body] != e.Output.Mood));
        Assert.DoesNotContain(await Of(stage with { Share = 0 }), e => right[e.Input.Body] != e.Output.Mood);
    }

    [Fact]
    public async Task What_is_no_label_cannot_be_a_wrong_one()
    {
        Records();
        Assert.Contains(
            "corrupt: the task 'mood' has no field 'body' that is a label.",
            (await Assert.ThrowsAsync<DataException>(() => Of(new Corrupt { Of = "body", Share = 0.3 }))).Message,
            StringComparison.Ordinal
        );
    }

    private void Records() =>
        Write(
            "a.jsonl",
            string.Join(
                '\n',
                Enumerable.Range(0, 600).Select(i => JsonSerializer.Serialize(new { body = $"b{i}", mood = i % 2 == 0 ? "good" : "bad" }))
            )
        );

    private async Task<List<Mood.Example>> Of(Stage? stage = null)
    {
        var build = Mood.Build().FromJsonl("a.jsonl");
        using var data = await (stage is null ? build : build.With(stage)).ToDatasetAsync(Options);
        return [.. data.Train.Concat(data.Validation).Concat(data.Test)];
    }

    private static IEnumerable<string> Texts(IEnumerable<Mood.Example> examples) => examples.Select(e => e.Input.Body);
}
