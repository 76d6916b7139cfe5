# Every part that is not ours: version, where it comes from, digest, licence.
# Read by the shell scripts here; nothing else names a version.
#
# A library has two sources: the orig tarball of Debian's source package, checked
# by SHA-256, or its own git repository at the commit. Whichever it was, the
# paths that are used must then have the content digest, since a short commit
# or a tag does not bind what a server sends.

EMSCRIPTEN_VERSION=3.1.69     # MIT or NCSA
EMSDK_GIT=https://github.com/emscripten-core/emsdk.git
EMSDK_COMMIT=a36df02dc438e8b02f91122a4c62eeecb6784272 # its tag; installs the archive 8fe01288bc35668c13316324336ea00195dfb814
DEBIAN_SUITE=trixie           # its emscripten is EMSCRIPTEN_VERSION

# name | Debian source | orig tarball | sha256 | git | commit | licence | used paths | their content digest
SOURCES='
xnnpack|xnnpack|xnnpack_0.0~git20241108.4ea82e5.orig.tar.xz|90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99|https://github.com/google/XNNPACK.git|4ea82e5|BSD-3-Clause|CMakeLists.txt cmake/gen include src|a5a682d23b228a612e36e75760e76918a445d4afd77f6764fb9646a56553749c
pthreadpool|pthreadpool|pthreadpool_0.0~git20240616.560c60d.orig.tar.xz|4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708|https://github.com/Maratyszcza/pthreadpool.git|560c60d|BSD-2-Clause|include src|04e09eaedccd58eb3c03ea06f3dcd4fb34d6b4b491af72ff0058f99aea0773ab
fxdiv|fxdiv|fxdiv_0.0~git20200417.b408327.orig.tar.xz|7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b|https://github.com/Maratyszcza/FXdiv.git|b408327|MIT|include|6d0a2de26247bfbbb62f72e1aba4ad535043ed96794a5eafe787b3aa522188b9
fp16|fp16|fp16_0.0~git20200514.4dfe081.orig.tar.xz|7d7782b37b74136e0e12593a2a93ccbe7db831f4374cc408e44623d9b708b54e|https://github.com/Maratyszcza/FP16.git|4dfe081|MIT|include|96ce0de2500ea174b9d4aa511e42b5c797552512a855274bd7d6b3be1d7eb3c6
cpuinfo|cpuinfo|cpuinfo_0.0~git20250905.877328f.orig.tar.xz|557ca404a3836b9f335a3a06b65ff9fe9dbaaefab7fb5c0185f53d9f33615a10|https://github.com/pytorch/cpuinfo.git|877328f|BSD-2-Clause|include src|78c8a47e8fc5ea80bf7873fa7082facb311bf454417bb386b1adb6804a9e9fcb
stb|libstb|libstb_0.0~git20241109.5c20573+ds.orig.tar.xz|a3a5820445a7dd063516bb542a5cd54ced8efc9c5a30bfbaae1bab6dec2c1a74|https://github.com/nothings/stb.git|5c20573|MIT or public domain|stb_image.h|f665bbeadcf9758c05ab2ba8a29893d6ffa1016676c2b6ac597020f5823f5f9e
libwebp|libwebp|libwebp_1.5.0.orig.tar.gz|7d6fab70cf844bf6769077bd5d7a74893f8ffd4dfb42861745750c63c2a5c92c|https://github.com/webmproject/libwebp.git|v1.5.0|BSD-3-Clause|src/dec/*.[ch] src/dsp/*.[ch] src/utils/*.[ch] src/webp/*.h|92defadedfbf7ba513b5e15444ed03902e43505acebd8c1a94db57057e8afa12
cjson|cjson|cjson_1.7.18.orig.tar.gz|3aa806844a03442c00769b83e99970be70fbef03735ff898f4811dd03b9f5ee5|https://github.com/DaveGamble/cJSON.git|v1.7.18|MIT|cJSON.c cJSON.h|046eb95c39c39945cc538c3abe4c2a748783b46e74c47800ace4689198e423c8
'
# cpuinfo is needed natively alone. XNNPACK's CMake names dff2616 of 2024-10, which
# Debian never packaged; this one's header only adds to that one's, and Debian's
# testing suite builds the same XNNPACK with it. Debian 13's 39ea79a lies between,
# but not every mirror has its tarball. All other tarballs are Debian 13's.
