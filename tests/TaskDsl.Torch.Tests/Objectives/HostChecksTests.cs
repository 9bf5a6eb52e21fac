using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>What a GPU would look up without a word is refused before it gets there, and named.</summary>
public sealed class HostChecksTests : TorchTest
{
    [Theory]
    [InlineData(300), InlineData(-1)]
    public void A_token_that_the_model_has_not_is_named_with_its_record(int token)
    {
        using var model = TinyModel.Open();
        var right = Sequence(3, [1, 2, 3]);
        using var pass = new ForwardPass(
            model.Model,
            new TokenBatch(
                [
                    [right],
                    [right, Sequence(7, [5, token])],
                ],
                0
            )
        );
        var refused = Assert.Throws<MisfitException>(() => pass.Hidden());
        Assert.Equal(
            $"deeds.jsonl(7), token 2 of 2: token {token} is none of the model's {model.Model.Config.VocabularySize}, which count "
                + "from 0. It was made by the tokenizer of "
                + "another model, or by an objective of your own.",
            refused.Message
        );
    }

    [Fact]
    public void So_is_one_that_an_objective_puts_in_its_place()
    {
        using var model = TinyModel.Open();
        using var pass = new ForwardPass(
            model.Model,
            new TokenBatch(
                [
                    [Sequence(3, [1, 2, 3])],
                ],
                0
            )
        );
        var refused = Assert.Throws<MisfitException>(() => pass.Hidden(new PassInput { Ids = [1, 999, 3] }));
        Assert.StartsWith("deeds.jsonl(3), token 2 of 3: token 999 ", refused.Message, StringComparison.Ordinal);
        using var learned = new ForwardPass(
            model.Model,
            new TokenBatch(
                [
                    [Sequence(4, [1, 999, 3])],
                ],
                0
            )
        );
        // The batch's own are what is learned.
        refused = Assert.Throws<MisfitException>(() => learned.Hidden(new PassInput { Ids = [1, 2, 3] }));
        Assert.StartsWith("deeds.jsonl(4), token 2 of 3: token 999 ", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<MisfitException>(() => pass.Hidden(new PassInput { Ids = [1, 2] }));
        Assert.Equal("2 tokens are given in the place of a batch's 1 · 3.", refused.Message);
    }

    [Fact]
    public void So_is_the_padding_a_text_a_prompt_and_a_place()
    {
        using var model = TinyModel.Open();
        using var pass = new ForwardPass(
            model.Model,
            new TokenBatch(
                [
                    [Sequence(1, [1, 2, 3])],
                    [Sequence(2, [1])],
                ],
                777
            )
        );
        Assert.StartsWith(
            "row 2 of a batch, place 2 (padding): token 777 ",
            Assert.Throws<MisfitException>(() => pass.Hidden()).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "padding: token 777 ",
            Assert
                .Throws<MisfitException>(() =>
                    pass.Texts([
                        [1],
                    ])
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "text 2 of 2, token 1 of 1: token 300 ",
            Assert
                .Throws<MisfitException>(() =>
                    new ModelLogits(model).Start(
                        [
                            [1],
                            [300],
                        ],
                        4
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "A hidden state is asked for at place 6; the batch has 2 rows of 3 tokens, places 0 to 5.",
            Assert.Throws<MisfitException>(() => pass.At([0, 6])).Message
        );
    }

    [Theory]
    [InlineData(99), InlineData(-1), InlineData(0.5)]
    public void A_class_that_the_head_has_not_is_named_with_its_record(float label)
    {
        using var golden = new GoldenModel("roberta_seqcls");
        var batch = new TokenBatch(
            [
                [Sequence(4, [0, 5, 2]) with { Target = [label] }],
            ],
            1
        );
        var refused = Assert.Throws<MisfitException>(() => new Classification().Loss(golden.Model, batch));
        Assert.StartsWith(
            FormattableString.Invariant(
                $"deeds.jsonl(4): class {label} is to be learned; the model's head has {golden.Model.Config.Labels.Count}, from 0: "
            ),
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_tag_that_the_head_has_not_is_named_with_its_record()
    {
        using var golden = new GoldenModel("xlm_roberta_tokcls");
        var many = golden.Model.Config.Labels.Count;
        var batch = new TokenBatch(
            [
                [Sequence(5, [0, 5, 2]) with { Tags = [-100, many, -100] }],
            ],
            1
        );
        var refused = Assert.Throws<MisfitException>(() => new TokenClassification().Loss(golden.Model, batch));
        Assert.StartsWith($"deeds.jsonl(5): class {many} is to be learned; ", refused.Message, StringComparison.Ordinal);
    }

    private static TokenSequence Sequence(int line, int[] ids) => new(ids, new bool[ids.Length], new("deeds.jsonl", line));
}
