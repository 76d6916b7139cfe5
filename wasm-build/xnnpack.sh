#!/bin/sh
# Builds XNNPACK with pthreadpool, natively with cpuinfo too, once into the cache
# and prints the folder:
#   wasm-build/xnnpack.sh native|simd|relaxed|simd-mt|relaxed-mt
# libxnnpack.a is inside; the key is the digests and the flags. Only the
# production kernels of the target are built, and of these the linker takes
# what the modules call.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../emsdk-config/pins.sh"
. "$here/../emsdk-config/lib.sh"
variant=${1:?usage: xnnpack.sh native|simd|relaxed|simd-mt|relaxed-mt}
fetch="$here/../emsdk-config/sources.sh"
xnnpack=$($fetch xnnpack) pthreadpool=$($fetch pthreadpool) fxdiv=$($fetch fxdiv) fp16=$($fetch fp16)

# list NAME FILE: the files of one SET(NAME ...) of XNNPACK's CMake lists.
list() { awk -v name="SET($1" '$1==name{on=1;next} on&&/\)/{sub(/\)/,"");print $1;exit} on{print $1}' "$xnnpack/$2" | grep '^src/' || true; }
kernels() { list "PROD_$1_MICROKERNEL_SRCS" "cmake/gen/$2_microkernels.cmake"; }

common='-DNDEBUG -DXNN_LOG_LEVEL=0 -DXNN_ENABLE_MEMOPT=1 -DXNN_ENABLE_GEMM_M_SPECIALIZATION=1'
common="$common -DXNN_ENABLE_SPARSE=0 -DXNN_ENABLE_DWCONV_MULTIPASS=0 -DXNN_ENABLE_KLEIDIAI=0"
common="$common -DFXDIV_USE_INLINE_ASSEMBLY=0 -ffunction-sections -fdata-sections -fno-math-errno -w"
off() { for o in "$@"; do printf ' -DXNN_ENABLE_%s=0' "$o"; done; }
arm='ARM_FP16_SCALAR ARM_FP16_VECTOR ARM_BF16 ARM_DOTPROD ARM_I8MM ARM_SME ARM_SME2'
x86_new='AVX512AMX AVX512FP16 AVXVNNI AVXVNNIINT8 AVX256SKX AVX256VNNI AVX256VNNIGFNI'
x86_avx512='AVX512F AVX512SKX AVX512VBMI AVX512VNNI AVX512VNNIGFNI'

# groups: kernel list | its file | flags of its own
case $variant in
  native)
    cc=${CC:-gcc} cxx=${CXX:-g++} ar=ar threads=1
    for c in ${cc%% *} ${cxx%% *}; do
      command -v "$c" >/dev/null || die "the compiler $c was not found: install gcc and g++ (Debian), or set CC and CXX"
    done
    cpuinfo=$($fetch cpuinfo)
    common="-O2 $common $(off RISCV_VECTOR VSX HVX) -DXNN_ENABLE_CPUINFO=1 -DXNN_ENABLE_ASSEMBLY=0 -fPIC -pthread"
    skx='-mf16c -mfma -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl'
    case $(uname -m) in
      x86_64)
        # x86_new is left out: -mavxvnniint8 needs a newer gcc than Debian 12 has, none was measured.
        common="$common $(off $arm $x86_new) -DXNN_ENABLE_AVX512F=1 -DXNN_ENABLE_AVX512SKX=1 -DXNN_ENABLE_AVX512VBMI=1 -DXNN_ENABLE_AVX512VNNI=1 -DXNN_ENABLE_AVX512VNNIGFNI=1"
        processor='x86/init x86/info x86/vendor x86/uarch x86/name x86/topology x86/isa
          x86/cache/init x86/cache/descriptor x86/cache/deterministic x86/linux/init x86/linux/cpuinfo'
        groups="SCALAR|scalar|
SSE|sse|-msse
SSE2|sse2|-msse2
SSSE3|ssse3|-mssse3
SSE41|sse41|-msse4.1
AVX|avx|-mavx
F16C|f16c|-mf16c
FMA3|fma3|-mf16c -mfma
AVX2|avx2|-mf16c -mfma -mavx2
AVX512F|avx512f|-mavx512f
AVX512SKX|avx512skx|$skx
AVX512VBMI|avx512vbmi|$skx -mavx512vbmi
AVX512VNNI|avx512vnni|$skx -mavx512vnni
AVX512VNNIGFNI|avx512vnnigfni|$skx -mavx512vnni -mgfni" ;;
      aarch64)
        common="$common $(off ARM_FP16_SCALAR ARM_FP16_VECTOR ARM_BF16 ARM_I8MM ARM_SME ARM_SME2 $x86_new $x86_avx512) -DXNN_ENABLE_ARM_DOTPROD=1"
        processor='arm/uarch arm/cache arm/linux/init arm/linux/cpuinfo arm/linux/clusters
          arm/linux/chipset arm/linux/midr arm/linux/hwcap arm/linux/aarch64-isa'
        groups="SCALAR|scalar|
NEON|neon|
NEONFP16|neonfp16|
NEONFMA|neonfma|
NEONV8|neonv8|
NEON_AARCH64|neon_aarch64|
NEONFMA_AARCH64|neonfma_aarch64|
NEONDOT|neondot|-march=armv8.2-a+dotprod
NEONDOT_AARCH64|neondot_aarch64|-march=armv8.2-a+dotprod" ;;
      *) die "native builds know x86_64 and aarch64, this is $(uname -m)" ;;
    esac ;;
  simd | simd-mt | relaxed | relaxed-mt)
    cc="$here/../emsdk-config/toolchain clang" cxx="$here/../emsdk-config/toolchain clang++"
    ar="$here/../emsdk-config/toolchain emar" threads=0 target='-msimd128'
    case $variant in relaxed*) target="$target -mrelaxed-simd" ;; esac
    case $variant in *-mt) threads=1 target="$target -pthread -matomics -mbulk-memory" ;; esac
    # -Os: what is no kernel runs once a model; kernels say -O3 below.
    common="-Os $common $target $(off $arm $x86_new $x86_avx512 RISCV_VECTOR VSX HVX ASSEMBLY CPUINFO) -fno-exceptions"
    groups="SCALAR|scalar|-O3
WASM|wasm|-O3
WASMSIMD|wasmsimd|-O3"
    case $variant in relaxed*) groups="$groups
WASMRELAXEDSIMD|wasmrelaxedsimd|-O3" ;; esac ;;
  *) die "unknown variant '$variant': native, simd, relaxed, simd-mt or relaxed-mt" ;;
esac

# Placeholders until the key, which these rules are part of, is known.
target_dir=@DIR@
include="-I$xnnpack/include -I$xnnpack/src -I$pthreadpool/include -I$fxdiv/include -I$fp16/include"
if [ "$variant" = native ]; then include="$include -I$cpuinfo/include"; else include="-I$target_dir/shim $include"; fi

# What our operators never ask for is cut out of copies of these files, so that
# the linker drops its kernels: other weight formats, half floats, sparse and
# channels-first layouts; of the reference kernels, which stand in where there is
# no fast one, all but the tables of 8 bits of the unary operators that we have.
trimmed='configs/gemm-config.c configs/dwconv2d-chw-config.c configs/conv-hwc2chw-config.c configs/spmm-config.c
 configs/unary-elementwise-config.c configs/binary-elementwise-config.c reference/unary-elementwise.cc
 reference/binary-elementwise.cc
 operators/average-pooling-nhwc.c operators/batch-matrix-multiply-nc.c operators/convolution-nchw.c
 operators/convolution-nhwc.c operators/deconvolution-nhwc.c operators/dynamic-fully-connected-nc.c
 operators/fully-connected-nc.c operators/max-pooling-nhwc.c operators/resize-bilinear-nchw.c
 operators/resize-bilinear-nhwc.c operators/rope-nthc.c operators/scaled-dot-product-attention-nhtc.c
 operators/softmax-nc.c operators/unary-elementwise-nc.c'
unused='[a-z]*f16[a-z0-9_]*|pf32_gemm|f32_qc[48]w_gemm|qp8_[a-z0-9_]*|qd8_f16_[a-z0-9_]*|qd8_f32_q[bc]4w_gemm|f32_dwconv2d_chw|f32_conv_hwc2chw_3x3c3s2|f32_spmm[24]?|f32_(rndd|rndne|rndu|rndz|to_f16_cvt|to_qp8_cvt|vcopysign)|qs8_to_f16_cvt'
unused_operator='[a-z0-9_]*f16[a-z0-9_]*|[a-z0-9_]*q[bc]4w|fully_connected_nc_f32_qc8w|[a-z0-9]*_nchw_[a-z0-9_]*|rope_[a-z0-9_]*|scaled_dot_product_[a-z0-9_]*'
unused_reference='unary_(bankers_rounding|ceiling|floor|cube_root|cosine|sine|bitwise_not|count_leading_zeros|popcount|sign)|binary_(copysign|modulus|atan2|pow|bitwise_[a-z]*|shift_[a-z_]*)'
trim() {
  for f in $trimmed; do
    mkdir -p "$target_dir/trimmed/$(dirname "$f")"
    sed -E -e "s/^static void init_($unused)_config\(void\) \{/&\n  return;/" \
      -e "/^enum xnn_status xnn_(create|reshape|setup)_($unused_operator)\(/,/\{\$/ s/\{\$/&\n  return xnn_status_unsupported_parameter;/" \
      -e "/case xnn_($unused_reference):/{N;d}" \
      "$xnnpack/src/$f" > "$target_dir/trimmed/$f"
    case $f in reference/*)
      types='fp32|fp16|bf16|int32'
      [ "$f" = reference/unary-elementwise.cc ] || types="$types|qint8|quint8"
      sed -E -i "/case xnn_datatype_($types):/,/;/d" "$target_dir/trimmed/$f" ;;
    esac
  done
}

rules=$(mktemp)
trap 'rm -f "$rules"' EXIT
# rule SOURCE OBJECT FLAGS
rule() {
  case $1 in *.cc) compiler="$cxx -std=c++17" ;; *) compiler="$cc -std=gnu11" ;; esac
  printf '%s: %s\n\t@%s %s %s %s -c $< -o $@\nobjects += %s\n' "$2" "$1" "$compiler" "$common" "$3" "$include" "$2" >> "$rules"
}
object() { printf '%s/%s.o' "$target_dir/o" "$(printf '%s' "$1" | tr '/' '~')"; }
source_of() {
  case " $(echo $trimmed) " in
    *" ${1#src/} "*) [ "$variant" = native ] || { echo "$target_dir/trimmed/${1#src/}"; return; } ;;
  esac
  echo "$xnnpack/$1"
}
printf 'all: lib\n' > "$rules"
plain=$( { for l in OPERATOR REFERENCE SUBGRAPH LOGGING XNNPACK TABLE; do list ${l}_SRCS CMakeLists.txt; done
  for f in configs/hardware-config indirection microparams-init normalization allocator cache datatype memory \
           microkernel-utils mutex operator-run operator-utils; do echo "src/$f.c"; done
  echo src/reference/packing.cc; } | sort -u )
for f in $plain; do [ -f "$xnnpack/$f" ] && rule "$(source_of "$f")" "$(object "$f")" ""; done
# Kernels whose sums gcc, at -O2 alone, moves out of the registers in the innermost
# loop; clang does not, or hardly. tests/build/kernels.test.mjs reads the machine code.
# -fschedule-insns -fsched-pressure: a pass before registers are given out, which is
#   off on x86, in an order that needs few of them. Measured on a network of depthwise
#   and pointwise convolutions: float32 gemm on AVX2 10.9 to 6.8 ms (clang 19: 6.7),
#   int8 depthwise on AVX2 3.2 to 2.5 ms (2.5), on AVX-512 2.07 to 1.85 ms (1.86).
#   Not for all: it makes the int8 gemms and the float32 depthwise kernels spill.
# -fno-tree-pre -fno-gcse: no values carried from one round of the loop to the next,
#   for which there is no register: int8 gemm on AVX-512 without VNNI 5.2 to 4.9 ms (4.9).
is_gcc_x86=
if [ "$variant" = native ] && $cc -dM -E -x c /dev/null | grep -q '__x86_64__' && ! $cc -dM -E -x c /dev/null | grep -q '__clang__'; then is_gcc_x86=yes; fi
registers() {
  [ -n "$is_gcc_x86" ] || return 0
  case ${1##*/} in
    f32-gemm-5x16-minmax-fma3* | f32-igemm-5x16-minmax-fma3* | q[su]8*-dwconv-*-mul32.c | qs8-rdsum-*-avx2*)
      echo '-fschedule-insns -fsched-pressure' ;;
    q[su]8*gemm-*-avx512skx-prfm.c) echo '-fno-tree-pre -fno-gcse' ;;
  esac
}
printf '%s\n' "$groups" | while IFS='|' read -r name file flags; do
  for f in $(kernels "$name" "$file"); do
    more=$(registers "$f")
    rule "$xnnpack/$f" "$(object "$f")" "$flags${more:+ $more}"
  done
done
rule "$target_dir/build_identifier.c" "$target_dir/o/build_identifier.o" ""
if [ "$threads" = 1 ]; then pool='legacy-api memory portable-api pthreads fastpath'; else pool='legacy-api shim'; fi
pool_flags="-DPTHREADPOOL_USE_CPUINFO=0 -DPTHREADPOOL_USE_FUTEX=0 -DPTHREADPOOL_USE_CONDVAR=1 -DPTHREADPOOL_USE_FASTPATH=0 -I$pthreadpool/src"
[ "$variant" = native ] && pool_flags="$pool_flags -D_GNU_SOURCE"
for f in $pool; do rule "$pthreadpool/src/$f.c" "$target_dir/o/pthreadpool-$f.o" "$pool_flags"; done
if [ "$variant" = native ]; then
  # The files that cpuinfo's CMakeLists.txt takes on Linux; its errors go to stderr.
  for f in api cache init log $processor linux/smallfile linux/multiline linux/cpulist linux/processors; do
    rule "$cpuinfo/src/$f.c" "$(object "cpuinfo/$f")" "-D_GNU_SOURCE -DCPUINFO_LOG_LEVEL=2 -I$cpuinfo/src"
  done
fi
printf 'lib: $(objects)\n' >> "$rules"

# The key: every compiler call, with the sources' digests in its paths.
cut="$unused $unused_reference $trimmed $(sed -n '/^trim() {/,/^}/p' "$here/xnnpack.sh")"; [ "$variant" = native ] && cut=
key=$( { sed "s|$here|.|g; s|$CACHE|.|g" "$rules"; echo "$cut"; [ "$variant" = native ] || echo "$EMSCRIPTEN_VERSION"; } | sha256sum | cut -c1-12)
[ "$variant" = native ] && key=$key-$($cc -dumpversion)-$(uname -m)
target_dir=$CACHE/xnnpack/$variant-$key
if [ -f "$target_dir/libxnnpack.a" ]; then echo "$target_dir"; exit 0; fi
# Two makes at once build one after the other; the second finds it done.
mkdir -p "$CACHE/xnnpack"
exec 9>"$CACHE/xnnpack/$variant.lock"
take_lock 9 "build of XNNPACK ($variant)"
if [ -f "$target_dir/libxnnpack.a" ]; then echo "$target_dir"; exit 0; fi
[ "$variant" = native ] || "$here/../emsdk-config/setup.sh"
need_space 500 "building XNNPACK ($variant)"
mkdir -p "$target_dir/shim" "$target_dir/o"
sed "s|@DIR@|$target_dir|g" "$rules" > "$target_dir/objects.mk"
# Two wasm kernels include <arm_neon.h> and need only what wasm_simd128.h has.
echo '#include <wasm_simd128.h>' > "$target_dir/shim/arm_neon.h"
cat > "$target_dir/build_identifier.c" <<END
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdbool.h>
static const uint8_t identifier[] = "$key";
size_t xnn_experimental_get_build_identifier_size(void) { return sizeof(identifier); }
const void* xnn_experimental_get_build_identifier_data(void) { return identifier; }
bool xnn_experimental_check_build_identifier(const void* data, size_t size) {
  return size == sizeof(identifier) && memcmp(data, identifier, size) == 0;
}
END
[ "$variant" = native ] || trim
count=$(grep -c '^objects' "$target_dir/objects.mk")
say "building XNNPACK ($variant): $count files, log $target_dir/log"
make -s -j"$(nproc)" -f "$target_dir/objects.mk" > "$target_dir/log" 2>&1 || die "XNNPACK ($variant) did not compile: $(grep -m1 -E 'error|not found|No space' "$target_dir/log"); whole log: $target_dir/log"
rm -f "$target_dir/libxnnpack.part.a"
printf '%s\n' "create $target_dir/libxnnpack.part.a" > "$target_dir/ar.mri"
find "$target_dir/o" -name '*.o' | LC_ALL=C sort | sed 's/^/addmod /' >> "$target_dir/ar.mri"
printf 'save\nend\n' >> "$target_dir/ar.mri"
if [ "$variant" = native ]; then $ar -M < "$target_dir/ar.mri"; else
  find "$target_dir/o" -name '*.o' | LC_ALL=C sort > "$target_dir/objects.rsp"
  $ar qc "$target_dir/libxnnpack.part.a" "@$target_dir/objects.rsp"
fi
mv "$target_dir/libxnnpack.part.a" "$target_dir/libxnnpack.a"
rm -rf "$target_dir/o"
echo "$target_dir"
