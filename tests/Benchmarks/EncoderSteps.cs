using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Tuning;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Steps of an encoder (the shape of MiniLM: 6 layers, hidden size 384, 12 heads, vocabulary 30,522) over real texts: padded to the longest
/// and masked, against padding left out, with a head, by masked_lm and by contrastive; and a head's answers, which are asked by length.
/// Both take the same batches in turns, each batch another one.
/// </summary>
internal static partial class EncoderSteps
{
    /// <param name="args">The folder of the data sets (<c>../shared/data</c>) and rounds (15).</param>
    public static void Run(string[] args)
    {
        var folder = args.Length > 0 ? args[0] : "../shared/data";
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 15;
        if (!Directory.Exists(Path.Combine(folder, "banking77")) || !Directory.Exists(Path.Combine(folder, "ncbi-disease")))
        {
            Console.WriteLine($"skipped: {Path.GetFullPath(folder)} has no banking77 and ncbi-disease (docs/real-data.md).");
            return;
        }

        // A text with its line breaks in quotes, and a category; a sentence as one token and its tag a line.
        var questions = Record()
            .Matches(File.ReadAllText(Path.Combine(folder, "banking77", "train.csv")))
            .Skip(1)
            .Select(m => m.Groups[1].Value.Trim('"'));
        var sentences = File.ReadAllText(Path.Combine(folder, "ncbi-disease", "train.tsv"))
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(s => string.Join(' ', s.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0])));
        var classes = Config().WithHead(new(new SequenceClassificationHead(), Labels(77)));
        var tags = Config().WithHead(new(new TokenClassificationHead(), Labels(3)));
        string[] asked = [.. questions],
            said = [.. sentences];
        foreach (var bf16 in (ReadOnlySpan<bool>)[false, true])
        {
            Measure("Banking77, classification", classes, OfFirst, asked, rows: 32, rounds, bf16);
            Measure("Banking77, answers", classes, OfFirst, asked, rows: 32, rounds, bf16, answers: true);
            Measure("Banking77, masked_lm", Config(), OfHidden, asked, rows: 32, rounds, bf16);
            Measure("Banking77, contrastive", Config(), OfPairs, asked, rows: 32, rounds, bf16);
            Measure("NCBI disease, token_classification", tags, OfEach, said, rows: 16, rounds, bf16);
            Measure("NCBI disease, answers", tags, OfEach, said, rows: 16, rounds, bf16, answers: true);
        }

        static string[] Labels(int count) => [.. Enumerable.Range(0, count).Select(label => $"{label}")];
    }

    private static void Measure(
        string name,
        ModelConfig config,
        Loss lossOf,
        string[] texts,
        int rows,
        int rounds,
        bool bf16,
        bool answers = false
    )
    {
        var tokenizer = new WordPiece().Create(texts.Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(t)), 30_522, []);
        texts = [.. texts];
        new Random(1).Shuffle(texts);
        var read = texts.Select(text => Ids(tokenizer, text));
        var batches = (answers ? read.OrderBy(ids => ids.Length) : read).Chunk(rows).Where(batch => batch.Length == rows).ToArray();
        var real = batches.Sum(b => b.Sum(row => row.Length)) / (double)batches.Sum(b => rows * b.Max(row => row.Length));
        Console.WriteLine($"{name}: {rows} rows, {real:P1} of padded tokens are real; {TorchRuntime.Threads} threads, {rounds} batches");
        if (answers)
            new Random(1).Shuffle(batches);
        using var model = (Torch.Models.Encoder)LanguageModel.Create(config, 1);
        using var tuned = new Full().Start(model, 1);
        using var parameters = new FlatParameters(tuned.Trained);
        using var optimizer = new AdamW { LearningRate = 1e-4 }.Start(parameters);
        var (padded, ragged, forwardPadded, forwardRagged) = (
            new List<double>(),
            new List<double>(),
            new List<double>(),
            new List<double>()
        );
        for (var round = -3; round < rounds; round++)
        {
            var batch = batches[round + 3];
            double[] times =
            [
                answers ? 0 : Child.Time(() => Step(true)),
                answers ? 0 : Child.Time(() => Step(false)),
                Child.Time(() => Forward(true)),
                Child.Time(() => Forward(false)),
            ];
            if (round < 0)
                continue;
            padded.Add(times[0]);
            ragged.Add(times[1]);
            forwardPadded.Add(times[2]);
            forwardRagged.Add(times[3]);

            void Step(bool masked)
            {
                using var scope = NewDisposeScope();
                parameters.ClearGradients();
                Tensor loss;
                using (bf16 ? Autocast.BFloat16(model.Device) : null)
                    loss = Over(model, batch, lossOf, masked);
                Gradients.Backward(loss);
                parameters.Normalise(1, 1);
                optimizer.Step(1);
            }

            void Forward(bool masked)
            {
                using var scope = NewDisposeScope();
                using var ungraded = no_grad();
                using (bf16 ? Autocast.BFloat16(model.Device) : null)
                    Over(model, batch, lossOf, masked);
            }
        }

        if (!answers)
            Say(bf16 ? "bfloat16 step" : "float32 step", padded, ragged);
        Say(bf16 ? "bfloat16 forward" : "float32 forward", forwardPadded, forwardRagged);
    }

    /// <summary>A loss over hidden states <c>[rows, sequence, hidden]</c>, of which some are real.</summary>
    private delegate Tensor Loss(Torch.Models.Encoder model, Tensor hidden, Tensor real);

    private static Tensor Over(Torch.Models.Encoder model, int[][] batch, Loss lossOf, bool masked)
    {
        var (ids, real) = Rows.Pad(batch, 0, model.Device);
        var pattern = masked ? AttentionPattern.Padded(real) : AttentionPattern.Ragged([.. batch.Select(row => row.Length)]);
        return lossOf(model, model.Hidden(ids, pattern: pattern), real);
    }

    private static Tensor OfFirst(Torch.Models.Encoder model, Tensor hidden, Tensor real) => Scored(model, hidden.select(1, 0));

    private static Tensor OfEach(Torch.Models.Encoder model, Tensor hidden, Tensor real) => Scored(model, Real(hidden, real));

    /// <summary>One of seven tokens is predicted, as masked_lm hides them.</summary>
    private static Tensor OfHidden(Torch.Models.Encoder model, Tensor hidden, Tensor real)
    {
        var states = Real(hidden, real);
        return Scored(model, states.index_select(0, arange(0, states.size(0), 7)));
    }

    /// <summary>The first half of the texts against the second, by the means of their states.</summary>
    private static Tensor OfPairs(Torch.Models.Encoder model, Tensor hidden, Tensor real)
    {
        var vectors = nn.functional.normalize(TextVectors.Pool(hidden.to(ScalarType.Float32), real, Pooling.Mean), 2, 1);
        var pairs = vectors.size(0) / 2;
        var scores = vectors.narrow(0, 0, pairs).mm(vectors.narrow(0, pairs, pairs).t()) / 0.05;
        return nn.functional.cross_entropy(scores, arange(pairs, ScalarType.Int64));
    }

    private static Tensor Real(Tensor hidden, Tensor real) =>
        hidden.reshape(-1, hidden.size(2)).index_select(0, real.reshape(-1).nonzero().squeeze(1));

    private static Tensor Scored(Torch.Models.Encoder model, Tensor states)
    {
        var scores = model.Logits(states).to(ScalarType.Float32);
        return nn.functional.cross_entropy(scores, arange(states.size(0), ScalarType.Int64) % scores.size(1));
    }

    private static void Say(string what, List<double> padded, List<double> ragged) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {what, -16} padded {Child.Median(padded):F0} ms   left out {Child.Median(ragged):F0} ms   "
                    + $"{Child.Median(padded.Zip(ragged, (p, r) => p / r)):F2} times as fast"
            )
        );

    private static int[] Ids(Tokenizer tokenizer, string text)
    {
        var ids = new List<int>(tokenizer.Prefix);
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
        ids.AddRange(tokenizer.Suffix);
        return [.. ids.Take(512)];
    }

    private static ModelConfig Config() =>
        ModelConfig.Parse(
            new JsonObject
            {
                ["architectures"] = new JsonArray("BertForMaskedLM"),
                ["hidden_act"] = "gelu",
                ["hidden_size"] = 384,
                ["intermediate_size"] = 1536,
                ["layer_norm_eps"] = 1e-12,
                ["max_position_embeddings"] = 512,
                ["model_type"] = "bert",
                ["num_attention_heads"] = 12,
                ["num_hidden_layers"] = 6,
                ["pad_token_id"] = 0,
                ["type_vocab_size"] = 2,
                ["vocab_size"] = 30_522,
            }
        );

    [GeneratedRegex("""(?<=^|\n)("(?:[^"]|"")*"|[^,\n]*),[^,\n]*(?=\n|$)""")]
    private static partial Regex Record();
}
