using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>
/// AdamW whose moments are kept in one byte per number instead of four, with a scale for each block of 256 (Dettmers et al., arXiv
/// 2110.02861): a quarter of the memory.
/// </summary>
/// <remarks>2 bytes of state a weight.</remarks>
[Keyword("adamw_8bit")]
public sealed record AdamW8Bit : AdamFamily
{
    /// <summary>The share of each weight that a step at learning rate 1 takes away.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.01;

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run : OptimizerRun
    {
        private readonly AdamW8Bit options;
        private readonly FlatParameters parameters;
        private readonly ByteMoments moments;

        public Run(AdamW8Bit options, FlatParameters parameters)
        {
            (this.options, this.parameters) = (options, parameters);
            var size = parameters.Values.numel();
            moments = new ByteMoments(
                Zeros(size, ScalarType.Byte),
                Zeros(size / AdamW8BitKernel.Block, ScalarType.Float32),
                Zeros(size, ScalarType.Byte),
                Zeros(size / AdamW8BitKernel.Block, ScalarType.Float32)
            );

            Tensor Zeros(long count, ScalarType type) => zeros(count, type, parameters.Values.device).DetachFromDisposeScope();
        }

        public override IReadOnlyDictionary<string, Tensor> State =>
            new Dictionary<string, Tensor>
            {
                ["first_moment"] = moments.First,
                ["first_moment_scale"] = moments.FirstScale,
                ["second_moment"] = moments.Second,
                ["second_moment_scale"] = moments.SecondScale,
            };

        protected override double Update(double factor)
        {
            var rate = options.LearningRate * factor;
            using var scope = NewDisposeScope();
            foreach (var (start, length, group) in parameters.Groups)
            {
                Ops.AdamW8BitStep(
                    Part(parameters.Values),
                    Part(parameters.Gradients),
                    new ByteMoments(Part(moments.First), Scales(moments.FirstScale), Part(moments.Second), Scales(moments.SecondScale)),
                    Steps,
                    options.Rates(rate * group.LearningRate, group.Decays ? options.WeightDecay : 0)
                );

                Tensor Part(Tensor whole) => whole.narrow(0, start, length);
                Tensor Scales(Tensor whole) => whole.narrow(0, start / AdamW8BitKernel.Block, length / AdamW8BitKernel.Block);
            }

            return rate;
        }
    }
}
