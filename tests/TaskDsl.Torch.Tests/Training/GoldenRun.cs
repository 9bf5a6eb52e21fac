using System.Text.Json;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Schedules;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>A training run of 20 steps that was made with transformers and PEFT.</summary>
internal sealed class GoldenRun : IDisposable
{
    private readonly JsonDocument json;

    public GoldenRun(string method)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "llama", "train", method);
        json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")));
        Decoder = Decoder.Load(Path.Combine(Folder, "..", ".."));
    }

    public string Folder { get; }

    public Decoder Decoder { get; }

    public IReadOnlyList<double> Losses => [.. json.RootElement.GetProperty("loss").EnumerateArray().Select(v => v.GetDouble())];

    public IReadOnlyList<double> Norms => [.. json.RootElement.GetProperty("grad_norm_before_clip").EnumerateArray().Select(v => v.GetDouble())];

    public JsonElement this[string name] => json.RootElement.GetProperty(name);

    /// <summary>The rows of batch 0 to 3.</summary>
    public static List<TokenSequence> Rows(int batch)
    {
        using var file = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Golden", "llama", "train", "batches.safetensors"));
        var ids = file.Read($"{batch}/input_ids");
        var labels = file.Read($"{batch}/labels");
        var mask = file.Read($"{batch}/attention_mask");
        var rows = new List<TokenSequence>();
        for (var row = 0; row < ids.size(0); row++)
        {
            var length = (int)mask[row].sum().ToInt64();
            rows.Add(new TokenSequence(
                [.. ids[row].data<long>().ToArray().Take(length).Select(i => (int)i)],
                [.. labels[row].data<long>().ToArray().Take(length).Select(l => l != -100)],
                new("golden", row)));
        }

        return rows;
    }

    /// <summary>Trains as the reference did.</summary>
    /// <returns>The loss and the gradients' norm of each step, before its update.</returns>
    public IEnumerable<(double Loss, double Norm)> Train(TunedDecoder tuned, Schedule schedule, double clip = 0, Func<List<TokenSequence>, IReadOnlyList<TokenBatch>>? split = null)
    {
        using var parameters = new FlatParameters(tuned.Trained);
        using var optimizer = new AdamW { LearningRate = 1e-3, WeightDecay = 0.01 }.Start(parameters);
        for (var step = 0; step < 20; step++)
        {
            parameters.ClearGradients();
            double sum = 0;
            long count = 0;
            foreach (var batch in split?.Invoke(Rows(step % 4)) ?? [new TokenBatch([.. Rows(step % 4).Select(r => new[] { r })], 0)])
            {
                using var scope = NewDisposeScope();
                var loss = new Supervised().Loss(Decoder, batch);
                Gradients.Backward(loss.Sum);
                sum += loss.Sum.ToDouble();
                count += loss.Count;
            }

            var norm = parameters.Normalise(count, clip);
            optimizer.Step(schedule.Factor(step, 20));
            yield return (sum / count, norm);
        }
    }

    public void Dispose()
    {
        Decoder.Dispose();
        json.Dispose();
    }
}
