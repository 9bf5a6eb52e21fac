using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers;

/// <summary>
/// Adam without a first moment, whose second moment of a matrix is the product of one number per row and one per column (Shazeer and
/// Stern, arXiv 1804.04235): almost no memory.
/// </summary>
/// <remarks>Without a <c>learning_rate</c> it takes the paper's relative step size.</remarks>
[Keyword("adafactor")]
public sealed record Adafactor : Optimizer
{
    /// <summary>
    /// The highest learning rate of the schedule. Default: min(0.01, 1 / √step), the paper's relative step; use it with schedule: constant.
    /// </summary>
    [Range(0.0, 1e3), AlsoCalled("lr")]
    public double? LearningRate { get; init; }

    /// <summary>
    /// Whether a tensor's learning rate is multiplied by the root mean square of its numbers, or by <see cref="ParameterEpsilon"/> where
    /// that is larger.
    /// </summary>
    public bool ScaleParameter { get; init; } = true;

    /// <summary>The largest root mean square of a tensor's update; a larger one is scaled down to it.</summary>
    [Range(1e-3, 1e9)]
    public double ClipThreshold { get; init; } = 1;

    /// <summary>The second moment's decay at step t is 1 − t to the power of minus this.</summary>
    [Range(0.0, 1.0)]
    public double DecayRate { get; init; } = 0.8;

    /// <summary>Added to the square of the gradient, which may be 0.</summary>
    [Range(1e-37, 1.0)]
    public double Epsilon { get; init; } = 1e-30;

    /// <summary>The least size by which a tensor's learning rate is scaled.</summary>
    [Range(0.0, 1.0)]
    public double ParameterEpsilon { get; init; } = 1e-3;

    /// <summary>The share of each weight that a step at learning rate 1 takes away.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <inheritdoc/>
    public override OptimizerRun Start(FlatParameters parameters) => new Run(this, parameters);

    private sealed class Run : OptimizerRun
    {
        private readonly Adafactor options;
        private readonly FlatParameters parameters;
        private readonly Tensor moments; // Of each matrix its rows and columns, of any other tensor each number.

        public Run(Adafactor options, FlatParameters parameters)
        {
            (this.options, this.parameters) = (options, parameters);
            moments = zeros(parameters.Places.Sum(p => Moments(p.Shape)), ScalarType.Float32, parameters.Values.device)
                .DetachFromDisposeScope();
        }

        public override IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor> { ["second_moment"] = moments };

        protected override double Update(double factor)
        {
            var rate = (options.LearningRate ?? Math.Min(1e-2, 1 / Math.Sqrt(Steps))) * factor;
            using var scope = NewDisposeScope();
            using var ungraded = no_grad();
            var fresh = Number(Math.Pow(Steps, -options.DecayRate)); // 1 at first: the moment needs no bias correction.
            long at = 0;
            foreach (var (start, shape, group) in parameters.Places)
            {
                using var inner = NewDisposeScope();
                var count = shape.Aggregate(1L, (a, b) => a * b);
                var (values, gradients) = (Part(parameters.Values), Part(parameters.Gradients));
                var moment = moments.narrow(0, at, Moments(shape));
                at += Moments(shape);
                var update =
                    shape.Count == 2
                        ? Factored(gradients, moment, fresh)
                        : gradients * Averaged(moment, Squares(gradients).flatten(), fresh).view(values.shape).rsqrt();
                update.div_(maximum(Rms(update) / Number(options.ClipThreshold), Number(1)));
                var own = rate * group.LearningRate;
                var step = options.ScaleParameter ? maximum(Rms(values), Number(options.ParameterEpsilon)) * Number(own) : Number(own);
                // By the plain rate, as PyTorch; transformers multiplies it by the tensor's size too.
                if (group.Decays && options.WeightDecay > 0)
                    values.mul_(Number(1 - own * options.WeightDecay));
                values.sub_(update.mul_(step));

                Tensor Part(Tensor whole) => whole.narrow(0, start, count).view([.. shape]);
            }

            return rate;
        }

        /// <summary>The gradient over the root of the second moment V = rows · columns / mean of the rows.</summary>
        private Tensor Factored(Tensor gradients, Tensor moment, Tensor fresh)
        {
            var squares = Squares(gradients);
            // Means where the paper has sums: the sizes cancel in V.
            var rows = Averaged(moment.narrow(0, 0, squares.size(0)), squares.mean([1L]), fresh);
            var columns = Averaged(moment.narrow(0, squares.size(0), squares.size(1)), squares.mean([0L]), fresh);
            return gradients * (rows / rows.mean()).rsqrt().unsqueeze(1) * columns.rsqrt().unsqueeze(0); // [rows, columns]
        }

        private Tensor Squares(Tensor gradients) => gradients.square().add_(Number(options.Epsilon));

        private static Tensor Averaged(Tensor moment, Tensor now, Tensor fresh) => moment.lerp_(now, fresh);

        private static Tensor Rms(Tensor x) => x.square().mean().sqrt();

        // A tensor: TorchSharp wraps a plain number in a native object that only a finaliser frees.
        private Tensor Number(double value) => tensor((float)value, device: parameters.Values.device);

        private static long Moments(IReadOnlyList<long> shape) =>
            shape.Count == 2 ? shape[0] + shape[1] : shape.Aggregate(1L, (a, b) => a * b);
    }
}
